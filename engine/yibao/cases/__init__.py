"""Cases: a case is a fold over its events; commands go in, events or a refusal come out. Opens no file, no clock."""

"""Programs that are killed and disks that fail while a journal is written: nothing acknowledged may be lost."""

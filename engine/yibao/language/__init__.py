"""The expression language: text to checked, typed conditions and terms (`yibao.model.expressions`), and back to text.

Knows no YAML and no engine. Its meaning is `docs/language.md`.
"""

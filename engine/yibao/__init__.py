"""yibao (医保): the rules of China's basic medical insurance as software that can be trusted with money and with law."""

__version__ = "0.1.0"

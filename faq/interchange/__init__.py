"""Files <-> the library. Everything goes in through the verbs of workflow; FORMAT.md describes the files."""

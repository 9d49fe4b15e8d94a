"""Finding the entry that answers a question put in a patient's own words.

`analysis` takes texts apart, `index` ranks, `library` keeps a worker's index in step with what is published, `results` answers a query.
"""

"""Finding the entry that answers a question put in a patient's own words.

`analysis` takes texts apart, `index` ranks, `library` keeps a worker's index in step with what is published, `results` answers a query;
`meaning` adds, where there is a model, how near a query is to an entry in meaning, by the vectors of `minilm`.
"""

"""The first text that an AI wrote for a question, made again from its edits, for a reviewer to see what people made of it."""

import json

from faq.content.words import Words
from faq.models import Answer, Edit, Question
from faq.workflow.drafts import edited_draft, empty_draft, frozen_words, told_of_sources
from faq.workflow.errors import WordsRefused


def first_of_ai(question: Question, wording: str) -> Words | None:
    """Return the words of the first draft as they were when an AI's body first stood in it; None where there was none, or it was erased.

    `wording`: how the question is put now, for no edit tells how it was put when it was made.
    """
    answer = Answer.objects.filter(question=question).order_by("pk").first()
    if answer is None:
        return None
    draft = empty_draft(question).model_copy(update={"question": wording})
    try:
        for edit in answer.edits.filter(kind=Edit.Kind.EDITED).order_by("pk"):
            if not edit.changes:
                return None
            draft = edited_draft(json.dumps(draft.model_dump(mode="json")), json.loads(edit.changes))
            if draft.provenance.origin != "human" and draft.body:
                return frozen_words(draft, told_of_sources(draft))
    except WordsRefused:  # an older schema's values, which this one does not take
        return None
    return None

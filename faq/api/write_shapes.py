"""What readers send in and what they get for it, as the OpenAPI document describes it; bodies are read through these shapes too."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from faq.api.shapes import SearchRow, Shape, UrgentAdvice, make, many
from faq.content.texts import Slug

EntrySlug = Annotated[Slug, Field(examples=["can-treatment-harm-my-heart"])]
Version = Annotated[int, Field(ge=1, le=1_000_000)]


class Body(BaseModel):
    """What is sent: exactly these members, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AskedQuestion(Body):
    """A question in a patient's own words."""

    text: str = Field(
        description="2,000 characters at most. Whatever would tell who asks is a 400 that points at it.",
        max_length=2_000,
        min_length=1,
        examples=["Can I still go swimming?"],
    )
    language: str = Field(description="The language it is asked in, one of the library's.", examples=["en"])
    none_of_these: bool = Field(default=False, description="`true`: no entry that was shown answers it, so keep it for the team.")


class SentReport(Body):
    """That something is wrong with a version of an entry."""

    slug: EntrySlug
    version: Version
    text: str = Field(description="What is wrong, in 2,000 characters at most.", max_length=2_000, min_length=1)
    harm: bool = Field(default=False, description="Somebody may come to harm by it.")


class SentFeedback(Body):
    """One opinion on one version."""

    slug: EntrySlug
    version: Version
    helpful: bool
    comment: str = Field(default="", description="1,000 characters at most.", max_length=1_000)


class Answered(Shape):
    """What stands beside every answer here. Show `notice`, and `urgent_advice` above all else."""

    urgent_advice: list[UrgentAdvice] = Field(description="What is urgent in the words themselves, the most urgent first.")
    notice: str = Field(description="That nobody replies, and whom to call.")
    library_status: Literal["demonstration", "live"]


class Received(Answered):
    """It was kept for the team; `received` says for how long."""

    received: str


Matches: type[BaseModel] = make(
    "Matches",
    __base__=Answered,
    __doc__="Entries that may answer the question. Nothing was kept: send it again with `none_of_these` where none does.",
    matches=(many[SearchRow], ...),
)
QuestionReceived: type[BaseModel] = make(
    "QuestionReceived", __base__=Received, __doc__="It was kept for the team; `matches` is empty.", matches=(many[SearchRow], ...)
)

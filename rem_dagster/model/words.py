"""Which closed sets of words do records use?"""

from typing import Literal, get_args

Role = Literal["user", "assistant", "system", "tool"]
Trust = Literal["own", "third_party"]
Category = Literal["document", "note", "commit", "transcript", "event", "email", "web", "other"]

TimeConfidence = Literal["exact", "assumed_zone", "assumed_time", "guessed"]
"""How sure a time is: `exact` had a zone; `assumed_zone` was local and took the home's;
`assumed_time` had a date alone, or a local time that never was or was twice; `guessed` comes from
something that changes by itself, such as a file's modification time."""

Emotion = Literal[
    "focused",
    "productive",
    "satisfied",
    "proud",
    "happy",
    "excited",
    "grateful",
    "relieved",
    "calm",
    "hopeful",
    "curious",
    "amused",
    "collaborative",
    "surprised",
    "confused",
    "worried",
    "tired",
    "frustrated",
    "angry",
    "sad",
    "lonely",
]
EMOTIONS: tuple[str, ...] = get_args(Emotion)

EntityKind = Literal["person", "place", "organization", "project", "tool", "topic", "thing"]

BUILT_IN_MOMENT_TYPES: dict[str, str] = {
    "work_session": "Getting something done: coding, writing, debugging, operating.",
    "learning": "Taking something in: reading, a course, finding out how a thing works.",
    "planning": "Deciding what to do next: goals, priorities, trips, purchases.",
    "communication": "Exchanging news and views with people.",
    "reflection": "Thinking about oneself or how something went.",
    "creation": "Making something new for its own sake: art, music, a text, a dish.",
    "other": "Anything that fits none of the others.",
}
COLLABORATION, PREDICTION = "collaboration", "prediction"
OPT_IN_MOMENT_TYPES: dict[str, str] = {
    COLLABORATION: "Several people working a thing out together, with what they arrived at.",
    PREDICTION: "What is likely next, with how sure and why.",
}

AgentEdgeType = Literal["related_to", "derived_from", "mentioned_in", "follows", "precedes", "similar_to"]
CodeEdgeType = Literal["contains", "captured_in", "same_as"]
EdgeType = Literal[
    "related_to",
    "derived_from",
    "mentioned_in",
    "follows",
    "precedes",
    "similar_to",
    "contains",
    "captured_in",
    "same_as",
    "not_same_as",
]
EdgeOwner = Literal["dream", "import", "link", "user"]
Period = Literal["day", "week", "month"]
DreamStatus = Literal["writing", "complete", "failed"]
CorrectionVerb = Literal["rename", "retype", "set_times", "split", "merge", "hide", "add", "close"]

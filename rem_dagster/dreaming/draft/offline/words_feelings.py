"""Which words state which feeling? (own compilation)

Only words with which people name their own state; praise ("awesome") and topics ("stress") do not.
"""

FEELINGS: dict[str, str] = {
    "focused": "focused", "in the zone": "focused", "in flow": "focused", "productive": "productive",
    "satisfied": "satisfied", "content": "satisfied", "pleased": "satisfied",
    "proud": "proud", "happy": "happy", "glad": "happy", "delighted": "happy", "overjoyed": "happy",
    "over the moon": "happy", "excited": "excited", "thrilled": "excited", "stoked": "excited",
    "pumped": "excited",
    "psyched": "excited", "grateful": "grateful", "thankful": "grateful", "relieved": "relieved",
    "calm": "calm",
    "relaxed": "calm", "at peace": "calm", "hopeful": "hopeful", "optimistic": "hopeful",
    "curious": "curious",
    "intrigued": "curious", "amused": "amused", "surprised": "surprised", "shocked": "surprised",
    "stunned": "surprised", "confused": "confused", "puzzled": "confused", "baffled": "confused",
    "worried": "worried", "anxious": "worried", "nervous": "worried", "stressed": "worried",
    "scared": "worried",
    "concerned": "worried", "tired": "tired", "exhausted": "tired", "worn out": "tired",
    "burned out": "tired",
    "drained": "tired", "sleepy": "tired", "frustrated": "frustrated", "annoyed": "frustrated",
    "fed up": "frustrated", "irritated": "frustrated", "angry": "angry", "furious": "angry", "mad": "angry",
    "livid": "angry", "sad": "sad", "heartbroken": "sad", "devastated": "sad", "miserable": "sad",
    "disappointed": "sad", "lonely": "lonely", "homesick": "lonely",
}  # fmt: skip

GERMAN_FEELINGS: dict[str, str] = {
    "glücklich": "happy", "froh": "happy", "stolz": "proud", "müde": "tired", "erschöpft": "tired",
    "frustriert": "frustrated", "genervt": "frustrated", "wütend": "angry", "traurig": "sad",
    "einsam": "lonely",
    "erleichtert": "relieved", "dankbar": "grateful", "neugierig": "curious", "besorgt": "worried",
    "gespannt": "excited", "aufgeregt": "excited", "zufrieden": "satisfied", "überrascht": "surprised",
    "verwirrt": "confused", "ruhig": "calm",
}  # fmt: skip

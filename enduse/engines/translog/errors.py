"""What can be wrong with a log, a proof, a note or a value to be logged."""


class TranslogError(ValueError):
    """Root of the engine's errors: the message says where, what and how to mend it."""


class ProofError(TranslogError):
    """A Merkle proof does not show what it is said to show, or a proof file is malformed."""


class NoteError(TranslogError):
    """A key, a signed note, a checkpoint or a cosignature is malformed or not signed by a trusted key."""


class TileError(TranslogError):
    """A tile, an entry bundle or a tile path is malformed, or storage answered with the wrong number of hashes."""


class CanonicalError(TranslogError):
    """A value has no RFC 8785 form, or a text that should be canonical JSON is not."""


class CommitmentError(TranslogError):
    """A salt or a revealed part does not fit its commitment."""

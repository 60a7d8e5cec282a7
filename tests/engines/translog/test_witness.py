"""A witness cosigns what continues and refuses every fork, rollback and stranger."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from enduse.engines import translog
from enduse.engines.translog import NoteError, Signer, Witnessed

NOW = 1_700_000_000
LEAVES = [b"%d" % number for number in range(600)]


@pytest.fixture(scope="module")
def ask(log_of, log_key, witness_key):
    """Ask the witness to cosign a log of so many leaves, being told that the last was `old`."""

    def ask(old, size, *, leaves=LEAVES, state=None, signer=log_key, origin=log_key.name, now=NOW, proof=None):
        store = log_of(leaves[:size])
        note = translog.make_checkpoint(origin, size, store.tree.root, signer)
        if proof is None:
            proof = translog.prove_consistency(old, size, store.tiles) if old <= size else []
        return translog.add_checkpoint(
            translog.make_add_checkpoint(old, proof, note),
            logs={log_key.name: [log_key.verifier]},
            latest={log_key.name: state}.get,
            witness=witness_key,
            now=now,
        ), note

    return ask


def test_a_first_checkpoint_is_cosigned_without_a_proof(ask, log_key, witness_key):
    answer, note = ask(0, 300)
    assert answer.status == 200
    assert answer.state == Witnessed(300, translog.root(LEAVES[:300]), NOW)
    lines = translog.accept_cosignatures(answer.body, note, [witness_key.verifier])
    opened = translog.open_checkpoint(
        translog.add_signatures(note, lines), [log_key.verifier, witness_key.verifier], witnesses=1
    )
    assert opened.cosigned == ((witness_key.verifier, NOW),)


def test_a_checkpoint_that_continues_the_last_is_cosigned(ask):
    answer, _ = ask(300, 600, state=ask(0, 300)[0].state)
    assert (answer.status, answer.state.size) == (200, 600)


def test_the_same_checkpoint_is_cosigned_again(ask):
    state = ask(0, 300)[0].state
    answer, _ = ask(300, 300, state=state, now=NOW + 60)
    assert (answer.status, answer.state.time) == (200, NOW + 60)


def test_a_clock_set_back_gives_no_earlier_time_than_the_last(ask):
    state = ask(0, 300)[0].state
    answer, _ = ask(300, 301, state=state, now=NOW - 1000)
    assert answer.state.time == NOW


def test_an_old_size_that_is_not_the_last_cosigned_is_answered_with_the_last_size(ask):
    state = ask(0, 300)[0].state
    for old in (0, 299, 301):
        answer, _ = ask(old, 400, state=state)
        assert (answer.status, answer.body, answer.content_type) == (409, "300\n", "text/x.tlog.size")
        assert answer.state is None


def test_a_rollback_is_refused(ask):
    state = ask(0, 300)[0].state
    assert ask(300, 299, state=state)[0].status == 400
    assert ask(299, 299, state=state)[0].status == 409


def test_a_fork_is_refused_and_kept_as_evidence(ask):
    state = ask(0, 300)[0].state
    rewritten = [b"forged", *LEAVES[1:]]
    answer, _ = ask(300, 400, leaves=rewritten, state=state)
    assert (answer.status, answer.state) == (422, None)
    assert "showed no continuation from 300 to 400" in answer.misbehaviour
    answer, _ = ask(300, 300, leaves=rewritten, state=state)
    assert (answer.status, answer.state) == (409, None)
    assert "signed two roots for 300 leaves" in answer.misbehaviour


def test_a_log_unknown_to_the_witness_is_not_found(ask):
    stranger = Signer.parse(translog.new_key("stranger.example"))
    assert ask(0, 5, signer=stranger, origin="stranger.example")[0].status == 404


def test_a_checkpoint_signed_by_a_stranger_is_forbidden_and_no_evidence(ask, log_key):
    stranger = Signer.parse(translog.new_key(log_key.name))
    answer, _ = ask(0, 5, signer=stranger)
    assert (answer.status, answer.misbehaviour) == (403, None)


def test_a_first_checkpoint_with_a_proof_is_refused(ask):
    assert ask(0, 5, proof=[bytes(32)])[0].status == 422


def test_an_empty_log_is_cosigned_only_with_the_root_of_nothing(ask, log_key, witness_key):
    assert ask(0, 0)[0].state == Witnessed(0, translog.EMPTY_ROOT, NOW)
    assert ask(0, 5, state=ask(0, 0)[0].state)[0].status == 200
    note = translog.make_checkpoint(log_key.name, 0, bytes(32), log_key)
    logs = {log_key.name: [log_key.verifier]}
    body = translog.make_add_checkpoint(0, [], note)
    assert translog.add_checkpoint(body, logs=logs, latest={}.get, witness=witness_key, now=NOW).status == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"old 0\n",
        b"old 01\n\n",
        b"old -1\n\n",
        b"new 0\n\n",
        b"old 0\n\nlog.example\n",
        b"old 0\nAAAA\n\n",
        b"old 0\n" + b"A" * 43 + b"=\n" * 64 + b"\n\n",
    ],
)
def test_a_malformed_request_is_a_bad_request(body, witness_key):
    answer = translog.add_checkpoint(body, logs={}, latest={}.get, witness=witness_key, now=NOW)
    assert answer.status == 400
    assert answer.body.endswith("\n")


def test_a_request_is_the_bytes_that_tlog_witness_describes(log_key):
    note = translog.make_checkpoint(log_key.name, 3, bytes(32), log_key)
    body = translog.make_add_checkpoint(2, [b"\x01" * 32, b"\x02" * 32], note)
    one, two = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
    assert body == f"old 2\n{one}\n{two}\n\n{note}"
    request = translog.parse_add_checkpoint(body)
    assert (request.old_size, len(request.proof), request.note) == (2, 2, note)
    assert translog.make_add_checkpoint(0, [], note) == f"old 0\n\n{note}"


def test_the_log_takes_only_cosignatures_of_witnesses_it_knows_over_its_own_checkpoint(ask, log_key, witness_key):
    answer, note = ask(0, 300)
    stranger = Signer.parse(translog.new_key("stranger.example", translog.COSIGNATURE))
    both = translog.cosign(note, stranger, NOW) + answer.body
    assert translog.accept_cosignatures(both, note, [witness_key.verifier]) == [answer.body]
    _, other = ask(0, 299)
    with pytest.raises(NoteError, match="not over this text"):
        translog.accept_cosignatures(answer.body, other, [witness_key.verifier])
    with pytest.raises(NoteError, match="no trusted key"):
        translog.accept_cosignatures(answer.body, note, [stranger.verifier])
    with pytest.raises(NoteError, match="instead of signature lines"):
        translog.accept_cosignatures("busy\n", note, [witness_key.verifier])
    with pytest.raises(NoteError, match="plain signature"):
        translog.accept_cosignatures(
            log_key.signature_line(note.partition("\n\n")[0] + "\n"), note, [log_key.verifier]
        )


class HonestAndForgedRequests(RuleBasedStateMachine):
    """Whatever a log asks in whatever order, all that the witness ever cosigned is one growing history."""

    def __init__(self):
        super().__init__()
        self.log = Signer("log.example/firearms", translog.ED25519, bytes(range(32)))
        self.witness = Signer("witness.example/w1", translog.COSIGNATURE, bytes(range(32, 64)))
        self.histories = [[b"%d" % n for n in range(40)], [b"%d" % n for n in range(10)] + [b"forged"] * 30]
        self.state = None
        self.cosigned = []

    @rule(history=st.sampled_from([0, 1]), old=st.integers(0, 40), size=st.integers(0, 40), told=st.booleans())
    def ask(self, history, old, size, told):
        leaves = self.histories[history][:size]
        old = self.state.size if told and self.state else old
        row = b"".join(translog.leaf_hashes(leaves))
        proof = translog.prove_consistency(old, size, lambda _l, _i, width: row[: width * 32]) if old <= size else []
        note = translog.make_checkpoint(self.log.name, size, translog.root(leaves), self.log)
        answer = translog.add_checkpoint(
            translog.make_add_checkpoint(old, proof, note),
            logs={self.log.name: [self.log.verifier]},
            latest=lambda _origin: self.state,
            witness=self.witness,
            now=NOW,
        )
        if answer.status == 200:
            self.state = answer.state
            self.cosigned.append((size, translog.root(leaves)))

    @invariant()
    def what_was_cosigned_is_one_history(self):
        sizes = [size for size, _ in self.cosigned]
        assert sizes == sorted(sizes)
        assert any(
            all(translog.root(history[:size]) == root for size, root in self.cosigned) for history in self.histories
        )


HonestAndForgedRequests.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestHonestAndForgedRequests = HonestAndForgedRequests.TestCase

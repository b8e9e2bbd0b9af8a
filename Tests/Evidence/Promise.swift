/// What crew promises under faults; `Docs/reliability.md` lists the tests behind each.
public enum Promise: String, Sendable, CaseIterable {
    case durable = "P1"
    case neverRepeated = "P2"
    case atMostOnce = "P3"
    case sameKey = "P4"
    case oneExecutor = "P5"
    case neverOverspent = "P6"
    case neverTruncated = "P7"
    case deterministic = "P8"
    case bounded = "P9"
    case neverGuessedAround = "P10"
    case confined = "P11"
    case onlyLegal = "P12"

    /// The promise in words.
    public var statement: String {
        switch self {
        case .durable: "A recorded event survives `kill -9`, and a power failure on a disk that honours a flush."
        case .neverRepeated: "A completed call is never made again; its recorded outcome is used."
        case .atMostOnce:
            "A tool that is not idempotent runs at most once a call; where a crash leaves its outcome unknown, the run waits."
        case .sameKey: "An idempotent tool gets the same idempotency key on every attempt and after every restart."
        case .oneExecutor: "A run has one executor; a second one is refused, and one that lost the run cannot record."
        case .neverOverspent:
            "`settled + held + uncertain <= limit` on every account at every moment, under any order and any crash."
        case .neverTruncated: "A truncated, malformed or unfinished answer is never used as an answer."
        case .deterministic: "The same events make the same state and the same decisions, byte for byte."
        case .bounded: "Every wait, retry, queue and buffer has a bound."
        case .neverGuessedAround:
            "A store that is damaged, full, read-only or of another version stops the run with a clear error; nothing is recreated in silence."
        case .confined: "No tool, host, path or program is reached that the crew file does not grant; no secret leaks."
        case .onlyLegal: "Only a legal instruction is carried out, and no run succeeds without its work."
        }
    }
}

import ChatModel

/// How long a run waits for room on an account above it, and when it asks again.
///
/// Other processes make the room, and none of them tells: it is asked for again and again, less and less often.
package struct AccountWait: Sendable {
    /// The longest wait, in milliseconds.
    package static let longest: Int64 = 60_000
    /// The longest time between two askings, in milliseconds.
    package static let longestPause: Int64 = 1_000

    private var waited: Int64 = 0
    private var lastAsked: Int64?
    private var pause: Int64 = 25

    /// When to ask again, in milliseconds since 1970 UTC; `nil` when it has been waited long enough.
    ///
    /// - Parameters:
    ///   - now: The time, likewise.
    ///   - mayMakeRoom: Whether the run has calls of its own under way. They end in bounded time and give back what they
    ///     do not use, so they are waited for however long they take.
    mutating func next(after now: Int64, mayMakeRoom: Bool) -> Int64? {
        // What went by is added up, so that a clock that was set back makes no wait longer.
        if let lastAsked {
            waited = waited.addingWithSaturation(max(0, now.subtractingWithSaturation(lastAsked)))
        }
        lastAsked = now
        guard mayMakeRoom || waited < Self.longest else { return nil }
        pause = min(Self.longestPause, pause * 2)
        return now.addingWithSaturation(mayMakeRoom ? pause : min(pause, Self.longest - waited))
    }
}

/// How long a run waits for room on an account above it, and when it asks again.
///
/// Other processes make the room, and none of them tells: it is asked for again and again, less and less often.
struct AccountWait {
    /// The longest wait, in milliseconds.
    static let longest: Int64 = 60_000
    private static let longestPause: Int64 = 1_000

    private var start: Int64?
    private var pause: Int64 = 25

    /// Whether anything is waited for.
    var isUnderWay: Bool { start != nil }

    /// When to ask again, in milliseconds since 1970 UTC; `nil` when it has been waited long enough.
    ///
    /// - Parameters:
    ///   - now: The time, likewise.
    ///   - mayMakeRoom: Whether the run has calls of its own under way. They end in bounded time and give back what they
    ///     do not use, so they are waited for however long they take.
    mutating func next(after now: Int64, mayMakeRoom: Bool) -> Int64? {
        let start = start ?? now
        guard mayMakeRoom || now - start < Self.longest else { return nil }
        self.start = start
        pause = min(Self.longestPause, pause * 2)
        return mayMakeRoom ? now + pause : min(now + pause, start + Self.longest)
    }
}

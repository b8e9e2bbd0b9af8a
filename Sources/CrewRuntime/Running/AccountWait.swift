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
    mutating func next(after now: Int64) -> Int64? {
        let start = start ?? now
        guard now - start < Self.longest else { return nil }
        self.start = start
        pause = min(Self.longestPause, pause * 2)
        return min(now + pause, start + Self.longest)
    }
}

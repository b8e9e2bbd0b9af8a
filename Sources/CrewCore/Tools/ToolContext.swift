/// What a tool learns of the call it serves, and the means to say how far it is.
public struct ToolContext: Sendable {
    /// The run.
    public let run: String
    /// The agent that calls, by the names that lead there: `writer`, `press/writer`.
    public let agent: String
    /// The assignment that the agent works on, such as `a3`; `coordinator`, or `a3/coordinator`, where a coordinator calls.
    public let assignment: String
    /// The task that the assignment is to fulfil, if it is one of the crew's.
    public let task: String?
    /// The same for every attempt of one call, also after a restart; different for every other call.
    public let idempotencyKey: String
    /// When the call is given up; `nil` where nothing gives it up.
    public private(set) var deadline: ContinuousClock.Instant?
    private var report: @Sendable (String) -> Void

    /// Makes a context, as the engine does for each call and a test of a tool may do.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - agent: The agent that calls.
    ///   - assignment: The assignment that it works on.
    ///   - task: The task that the assignment is to fulfil.
    ///   - idempotencyKey: What stays the same for every attempt of the call.
    ///   - deadline: When the call is given up.
    ///   - onProgress: Told what the tool says by ``progress(_:)``.
    public init(
        run: String,
        agent: String,
        assignment: String = "",
        task: String? = nil,
        idempotencyKey: String,
        deadline: ContinuousClock.Instant? = nil,
        onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.run = run
        self.agent = agent
        self.assignment = assignment
        self.task = task
        self.idempotencyKey = idempotencyKey
        self.deadline = deadline
        report = onProgress
    }

    /// Says how far the tool is, such as `3 of 10 pages`, to whoever watches the run.
    ///
    /// It is not recorded and no model reads it. It costs little and never waits: an observer who is slower than the tool
    /// gets what was said last.
    ///
    /// - Parameter text: A few words; of more than ``longestProgress`` bytes the rest is cut off.
    public func progress(_ text: String) { report(text.utf8.count > Self.longestProgress ? Self.cut(text) : text) }

    /// The most bytes of what a tool says of its progress.
    public static let longestProgress = 500

    private static func cut(_ text: String) -> String {
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.unicodeScalars.index(after: end)
            // What is left of a longer text, and its mark of three bytes.
            guard text.utf8.distance(from: text.startIndex, to: next) <= longestProgress - 3 else { break }
            end = next
        }
        return text[..<end] + "…"
    }

    /// The same for a call that is given up at a time, and whose progress is told with something taken out of it.
    package func bounded(by deadline: ContinuousClock.Instant, _ filter: @escaping @Sendable (String) -> String) -> Self
    {
        var context = self
        context.deadline = min(deadline, self.deadline ?? deadline)
        context.report = { [report] text in report(filter(text)) }
        return context
    }
}

/// One event of a `text/event-stream`; its bytes are valid only while the closure that got it runs.
public struct ServerSentEvent {
    /// The data without the final line break; lines are joined by LF.
    public let data: UnsafeRawBufferPointer
    /// Whether the data came in a single `data` line, which is the common case.
    public let isSingleLine: Bool
    /// The value of the `event` field; empty means `message`.
    public let type: UnsafeRawBufferPointer
    /// The last `id` that the stream named.
    public let lastEventID: String
}

/// Why an event stream cannot be read on.
public struct ServerSentEventError: Error, Sendable, Hashable {
    /// The kind of failure; more kinds may come.
    public struct Code: Sendable, Hashable {
        private let name: String
        /// An event, or a line of one, is larger than allowed.
        public static let tooLarge = Code(name: "too_large")
    }

    /// The kind of failure.
    public var code: Code
    /// The limit that was passed, in bytes.
    public var limit: Int

    /// Makes an error.
    public init(code: Code, limit: Int) {
        self.code = code
        self.limit = limit
    }
}

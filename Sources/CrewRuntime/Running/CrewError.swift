/// Why a crew could not be run at all.
///
/// A run that fails is no error: its ``RunResult`` says so.
public struct CrewError: Error, Sendable, CustomStringConvertible {
    /// The kind of error.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String { case invalidCrew, invalidInput, configuration, credentials, journal, prompts }
        private let kind: Kind

        /// The crew has problems; the message lists them.
        public static let invalidCrew = Code(kind: .invalidCrew)
        /// The inputs do not fit the crew.
        public static let invalidInput = Code(kind: .invalidInput)
        /// A model or a tool is not set up.
        public static let configuration = Code(kind: .configuration)
        /// A key is missing.
        public static let credentials = Code(kind: .credentials)
        /// The journal did not do what was asked; ``CrewError/cause`` is a ``JournalError``.
        public static let journal = Code(kind: .journal)
        /// A prompt file cannot be used.
        public static let prompts = Code(kind: .prompts)

        /// A short word without data, fit for a metric's label.
        public var description: String { kind.rawValue }
    }

    /// The kind of error.
    public let code: Code
    /// What is wrong and what would be right.
    public let message: String
    /// The error behind it.
    public let cause: (any Error)?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    public var description: String { message }
}

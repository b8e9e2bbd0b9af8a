/// A text that must not be seen, such as an API key: it prints as `***`.
public struct Secret: Sendable, Hashable {
    /// The text itself, for the one place that sends it.
    package let revealed: String

    /// Hides a text.
    public init(_ text: String) { revealed = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Three asterisks.
    public var description: String { "***" }
    /// Three asterisks.
    public var debugDescription: String { "***" }
    /// A mirror that shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

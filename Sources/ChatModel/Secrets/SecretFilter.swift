/// Takes secrets out of texts that others wrote, such as the key that a server repeats in its error.
///
/// A secret is known by its exact bytes; what has been encoded or taken apart is not found.
public struct SecretFilter: Sendable {
    /// What stands in a secret's place.
    package static let replacement = "***"
    /// Anything shorter would be found in half of all words.
    package static let shortest = 4

    private let secrets: [[UInt8]]
    /// The bytes with which the secrets begin.
    private let beginnings: [UInt8]

    /// Makes a filter; texts of less than four bytes are not looked for.
    public init(_ secrets: [String] = []) {
        // The longest first, for one may be a part of another.
        self.secrets = secrets.map { Array($0.utf8) }.filter { $0.count >= Self.shortest }
            .sorted { $0.count > $1.count }
        beginnings = Array(Set(self.secrets.compactMap(\.first)))
    }

    /// Whether there is anything to look for.
    public var isEmpty: Bool { secrets.isEmpty }

    /// The text without the secrets.
    public func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing(bytes: $1, with: Self.replacement) }
    }

    /// The answer without the secrets.
    package func callAsFunction(_ response: ChatResponse) -> ChatResponse {
        if isEmpty { return response }
        var response = response
        response.text = self(response.text)
        response.refusal = response.refusal.map { self($0) }
        response.toolCalls = response.toolCalls.map {
            ToolCall(
                id: self($0.id),
                name: self($0.name),
                arguments: self($0.arguments),
                opaque: $0.opaque.flatMap { self($0) }
            )
        }
        response.opaque = response.opaque.flatMap { self($0) }
        return response
    }

    private func callAsFunction(_ fields: OpaqueFields) -> OpaqueFields? {
        OpaqueFields(JSONValue.object(fields.members).mapStrings { self($0) }.objectValue ?? [:])
    }

    /// A text that comes in pieces, any of which may end in the middle of a secret.
    package struct Stream: Sendable {
        private let filter: SecretFilter
        private var held = ""

        package init(_ filter: SecretFilter) { self.filter = filter }

        /// Takes a piece and returns what can be shown; what may be the beginning of a secret is held back.
        package mutating func take(_ piece: String) -> String {
            // Most pieces are a word without the byte with which a secret begins.
            if filter.isEmpty || held.isEmpty && !filter.canBegin(in: piece) { return piece }
            var text = filter(held.isEmpty ? piece : held + piece)
            let count = text.withUTF8 { text in filter.beginning(at: text) }
            if count == 0 {
                held = ""
                return text
            }
            let cut = text.utf8.index(text.endIndex, offsetBy: -count)
            held = String(text[cut...])
            return String(text[..<cut])
        }

        /// What is still held back when the text has ended.
        package mutating func end() -> String {
            defer { held = "" }
            return held
        }
    }

    private func canBegin(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { text in text.contains { beginnings.contains($0) } }
    }

    /// How many bytes at the end of a text are the beginning of a secret.
    private func beginning(at text: UnsafeBufferPointer<UInt8>) -> Int {
        secrets.map { secret in
            var count = min(secret.count - 1, text.count)
            while count > 0, !text[(text.count - count)...].elementsEqual(secret[..<count]) { count -= 1 }
            return count
        }.max() ?? 0
    }
}

/// Takes secrets out of texts that others wrote, such as the key that a server repeats in its error.
///
/// A secret is known by its bytes, also where they are escaped as JSON or URLs are, any number of times, or written in
/// hexadecimal or base64; what has been taken apart, turned around or encrypted is not found.
public struct SecretFilter: Sendable {
    /// What stands in a secret's place.
    package static let replacement = "***"
    /// Anything shorter would be found in half of all words.
    package static let shortest = 4

    private let search: SecretSearch

    /// Makes a filter; texts of less than four bytes are not looked for.
    public init(_ secrets: [String] = []) {
        search = SecretSearch(secrets.map { Array($0.utf8) }.filter { $0.count >= Self.shortest })
    }

    /// Whether there is anything to look for.
    public var isEmpty: Bool { search.isEmpty }

    /// The text without the secrets.
    public func callAsFunction(_ text: String) -> String {
        if isEmpty { return text }
        var text = text
        let replaced: String? = text.withUTF8 { text in
            let secrets = search.findings(in: text).secrets
            return secrets.isEmpty ? nil : Self.text(text[...], without: secrets)
        }
        return replaced ?? text
    }

    /// Whether a secret stands anywhere in a value: in a text, a key, or over the edge of two of them as they are written.
    package func isContained(in value: JSONValue) -> Bool {
        if isEmpty { return false }
        let text = value.stringValue ?? value.jsonText
        return self(text) != text
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

    private static func text(
        _ text: Slice<UnsafeBufferPointer<UInt8>>,
        without secrets: [Range<Int>]
    ) -> String {
        var output: [UInt8] = []
        var start = text.startIndex
        for secret in secrets {
            output += text[start..<secret.lowerBound]
            output += replacement.utf8
            start = secret.upperBound
        }
        output += text[start...]
        return String(decoding: output, as: UTF8.self)
    }

    /// A text that comes in pieces, any of which may end in the middle of a secret.
    package struct Stream: Sendable {
        private let filter: SecretFilter
        private var held = ""

        /// The most that is held back, in bytes: no secret is as long, however it is escaped.
        private static let mostHeld = 64 << 10

        package init(_ filter: SecretFilter) { self.filter = filter }

        /// Takes a piece and returns what can be shown; what may be the beginning of a secret is held back.
        package mutating func take(_ piece: String) -> String {
            if filter.isEmpty || held.isEmpty && !filter.mayBegin(in: piece) { return piece }
            var text = held.isEmpty ? piece : held + piece
            let (shown, kept) = text.withUTF8 { filter.split($0) }
            held = kept
            if held.utf8.count <= Self.mostHeld { return shown }
            return shown + end()
        }

        /// What is still held back when the text has ended.
        package mutating func end() -> String {
            defer { held = "" }
            return filter(held)
        }
    }

    private func mayBegin(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { search.mayBegin(in: $0) }
    }

    /// What of a text can be shown although it goes on, and the rest as it stands there.
    private func split(_ text: UnsafeBufferPointer<UInt8>) -> (shown: String, kept: String) {
        let findings = search.findings(in: text)
        var open = findings.openFrom
        // A secret that reaches into what is open may be a part of a longer one: both wait.
        for secret in findings.secrets.reversed() where secret.upperBound > open { open = min(open, secret.lowerBound) }
        let secrets = findings.secrets.filter { $0.upperBound <= open }
        return (Self.text(text[..<open], without: secrets), String(decoding: text[open...], as: UTF8.self))
    }
}

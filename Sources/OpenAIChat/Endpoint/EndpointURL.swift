/// The addresses of an endpoint, made of the one that a person names.
///
/// That may be the base under which `chat/completions` lies, or the address of the completions themselves, with or
/// without a query, as Azure's pages show it: `…/openai/deployments/NAME/chat/completions?api-version=2024-10-21`.
package struct EndpointURL: Sendable, Hashable {
    private static let completionsPath = "/chat/completions"

    /// The address without its query and without `/chat/completions`.
    package let base: String
    private let query: String

    /// Reads an address.
    ///
    /// - Parameters:
    ///   - text: The address.
    ///   - parameters: Further query parameters, not yet percent-encoded.
    package init(_ text: String, parameters: [(name: String, value: String)] = []) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var base = String(parts.first ?? "")
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix(Self.completionsPath) { base.removeLast(Self.completionsPath.count) }
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        let written = parts.count > 1 ? [String(parts[1])] : []
        let added = parameters.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }
        query = (written + added).filter { !$0.isEmpty }.joined(separator: "&")
    }

    /// The address of the completions.
    package var completions: String { withQuery(base + Self.completionsPath) }

    /// The address of the list of models; that of an Azure deployment lies beside the deployments.
    package var models: String {
        guard let deployment = base.firstRange(of: "/openai/deployments/") else { return withQuery(base + "/models") }
        return withQuery(base[..<deployment.lowerBound] + "/openai/models")
    }

    private func withQuery(_ url: String) -> String { query.isEmpty ? url : url + "?" + query }

    /// Percent-encodes everything but the unreserved characters; RFC 3986, section 2.3.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A request that the server has read to its end.
public struct ScriptedRequest: Sendable, Hashable {
    /// The method.
    public var method: String
    /// The path with its query.
    public var path: String
    /// The header fields in the order in which they came.
    public var headers: [Header]
    /// The body.
    public var body: [UInt8]
    /// The connection it came on; the first is 0.
    public var connection: Int

    /// A header field.
    public struct Header: Sendable, Hashable {
        /// The name as it was spelled.
        public var name: String
        /// The value.
        public var value: String
    }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a field.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension ScriptedRequest {
    /// Takes the first request out of `bytes`; nil when it is not complete.
    init?(takenFrom bytes: inout [UInt8], connection: Int) {
        let separator: [UInt8] = [13, 10, 13, 10]
        guard let end = bytes.firstRange(of: separator) else { return nil }
        var lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard !lines.isEmpty else { return nil }
        let words = lines.removeFirst().split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.compactMap { line in
            line.firstIndex(of: ":").map { colon in
                Header(
                    name: String(line[..<colon]),
                    value: String(line[line.index(after: colon)...].drop { $0 == " " })
                )
            }
        }
        self.init(method: String(words[0]), path: String(words[1]), headers: headers, body: [], connection: connection)
        var rest = bytes[end.upperBound...]
        if self["transfer-encoding"]?.lowercased() == "chunked" {
            guard let body = Self.takeChunks(from: &rest) else { return nil }
            self.body = body
        } else {
            let length = self["content-length"].flatMap { Int($0) } ?? 0
            guard rest.count >= length else { return nil }
            body = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        bytes = Array(rest)
    }

    private static func takeChunks(from bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var body: [UInt8] = []
        while let end = bytes.firstRange(of: [13, 10]) {
            guard let size = Int(String(decoding: bytes[..<end.lowerBound], as: UTF8.self), radix: 16) else {
                return nil
            }
            let rest = bytes[end.upperBound...]
            guard rest.count >= size + 2 else { return nil }
            body += rest.prefix(size)
            bytes = rest.dropFirst(size + 2)
            if size == 0 { return body }
        }
        return nil
    }
}

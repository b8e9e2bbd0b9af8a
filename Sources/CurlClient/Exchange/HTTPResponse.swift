/// A whole answer.
public struct HTTPResponse: Sendable, Hashable {
    /// Status and header fields.
    public var head: HTTPResponseHead
    /// The body, decoded.
    public var body: [UInt8]

    /// Makes an answer.
    public init(head: HTTPResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

/// What comes before an answer's body.
public struct HTTPResponseHead: Sendable, Hashable {
    /// The status code; a redirect is reported, never followed.
    public var status: Int
    /// The header fields.
    public var headers: HTTPHeaders
    /// The protocol that the answer came in.
    public var httpVersion: HTTPVersion

    /// Makes a head.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), httpVersion: HTTPVersion = .http1_1) {
        self.status = status
        self.headers = headers
        self.httpVersion = httpVersion
    }
}

/// A version of HTTP.
public struct HTTPVersion: Sendable, Hashable, CustomStringConvertible {
    /// The number before the dot.
    public let major: Int
    /// The number after the dot.
    public let minor: Int

    /// Makes a version.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// HTTP/1.0.
    public static let http1_0 = HTTPVersion(major: 1, minor: 0)
    /// HTTP/1.1.
    public static let http1_1 = HTTPVersion(major: 1, minor: 1)
    /// HTTP/2.
    public static let http2 = HTTPVersion(major: 2, minor: 0)

    /// The version as in a status line, without the slash's left side.
    public var description: String { major >= 2 ? "\(major)" : "\(major).\(minor)" }
}

extension HTTPResponseHead {
    /// Reads a line such as `HTTP/1.1 200 OK` or `HTTP/2 200`; nil when the line is a header field.
    init?(statusLine line: UnsafeRawBufferPointer) {
        guard line.starts(with: "HTTP/".utf8) else { return nil }
        let words = line.dropFirst(5).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard words.count >= 2, let status = number(words[1].prefix(while: isDigit)) else { return nil }
        let version = words[0].split(separator: UInt8(ascii: "."))
        guard let major = version.first.flatMap(number) else { return nil }
        let minor = version.dropFirst().first.flatMap(number) ?? 0
        self.init(status: status, httpVersion: HTTPVersion(major: major, minor: minor))
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

private func number(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...4).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

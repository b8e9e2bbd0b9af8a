/// A request to an `http` or `https` URL.
public struct HTTPRequest: Sendable {
    /// The method, such as `GET` or `POST`.
    public var method: String
    /// The absolute URL; already percent-encoded.
    public var url: String
    /// The header fields in the order in which they are sent.
    public var headers: [(name: String, value: String)]
    /// The body; sent without being copied.
    public var body: [UInt8]
    /// How long each part of the exchange may take.
    public var timeouts: HTTPTimeouts
    /// The largest body that is accepted, in bytes after decoding.
    public var maximumResponseBytes: Int
    /// Which addresses it may be sent to.
    public var reach: Reach
    /// A file of certificates in PEM to trust instead of those of the client's configuration.
    public var certificateAuthorityFile: String?

    /// Makes a request.
    public init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        timeouts: HTTPTimeouts = HTTPTimeouts(),
        maximumResponseBytes: Int = 32 << 20,
        reach: Reach = .anywhere,
        certificateAuthorityFile: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.maximumResponseBytes = maximumResponseBytes
        self.reach = reach
        self.certificateAuthorityFile = certificateAuthorityFile
    }
}

/// How long each part of an exchange may take, in milliseconds; anything below one counts as one.
public struct HTTPTimeouts: Sendable, Hashable {
    /// The part of an exchange that took too long.
    public enum Kind: String, Sendable, Hashable {
        /// Name resolution, connection and TLS handshake.
        case connect
        /// From a standing connection to the first byte of the answer.
        case firstByte
        /// Between two pieces of the answer.
        case idle
        /// The whole exchange.
        case total
    }

    /// Name resolution, connection and TLS handshake together.
    public var connect: Int
    /// From a standing connection to the first byte of the answer; includes sending the request.
    public var firstByte: Int
    /// The longest silence between two pieces of the answer.
    public var idle: Int
    /// The whole exchange, including the wait for a free connection.
    public var total: Int

    /// Makes timeouts in milliseconds.
    public init(connect: Int = 5_000, firstByte: Int = 120_000, idle: Int = 120_000, total: Int = 600_000) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}

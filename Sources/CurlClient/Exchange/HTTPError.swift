/// Why an exchange gave no answer.
public struct HTTPError: Error, Sendable, Hashable {
    /// The kind of failure; more kinds may come.
    public struct Code: Sendable, Hashable {
        private let name: String
        /// The part that took too long, when the kind is ``timedOut(_:)``.
        public let timeout: HTTPTimeouts.Kind?

        private init(_ name: String, timeout: HTTPTimeouts.Kind? = nil) {
            self.name = name
            self.timeout = timeout
        }

        /// The task was cancelled.
        public static let cancelled = Code("cancelled")
        /// The host's name did not resolve.
        public static let unresolved = Code("unresolved")
        /// No connection came about, or it broke before the request was sent.
        public static let unreachable = Code("unreachable")
        /// The host's name leads to an address that the request may not be sent to.
        public static let refused = Code("refused")
        /// The server's certificate is not to be trusted, or TLS failed.
        public static let untrusted = Code("untrusted")
        /// The connection broke, or closed too early, after the request was sent.
        public static let interrupted = Code("interrupted")
        /// The answer's headers or body are larger than allowed.
        public static let tooLarge = Code("too_large")
        /// The consumer of a stream wanted no more.
        public static let stoppedByConsumer = Code("stopped_by_consumer")
        /// The request itself is not fit to be sent.
        public static let invalidRequest = Code("invalid_request")
        /// The proxy did not resolve, answer, or let the request through.
        public static let proxy = Code("proxy")
        /// The client was shut down.
        public static let closed = Code("closed")
        /// The server does not speak HTTP as it should.
        public static let protocolViolation = Code("protocol_violation")
        /// A part of the exchange took too long.
        public static func timedOut(_ kind: HTTPTimeouts.Kind) -> Code { Code("timed_out", timeout: kind) }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person; names the host and no header.
    public var message: String
    /// Whether any byte of the request can have reached the server.
    public var wasSent: Bool
    /// libcurl's own number for the failure, if it was libcurl that failed.
    public var curlCode: Int?
    /// The status with which a proxy refused to let the request through, if one did.
    public var proxyStatus: Int?

    /// Makes an error.
    public init(_ code: Code, _ message: String, wasSent: Bool, curlCode: Int? = nil) {
        self.code = code
        self.message = message
        self.wasSent = wasSent
        self.curlCode = curlCode
    }
}

extension HTTPError.Code: CustomStringConvertible {
    /// A short label, fit for a metric.
    public var description: String {
        if let timeout { "\(name)_\(timeout.rawValue)" } else { name }
    }
}

extension HTTPError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

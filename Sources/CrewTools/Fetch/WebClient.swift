/// What the built-in tool `fetch` reads the web through.
///
/// It sends one request and follows no redirect: where a request may go is decided by the tool, for each step anew.
public protocol WebClient: Sendable {
    /// Gets what lies at a URL.
    ///
    /// - Parameter request: The URL and its bounds.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``WebFailure`` when there is none.
    func get(_ request: WebRequest) async throws(WebFailure) -> WebAnswer
}

/// A request for what lies at a URL.
public struct WebRequest: Sendable, Hashable {
    /// Which addresses the URL's host may lead to.
    public enum Reach: Sendable, Hashable {
        /// Those of the public internet; neither this machine nor a local network.
        case publicInternet
        /// This address alone, which the crew names.
        case address(String)
    }

    /// The URL.
    public let url: String
    /// Which addresses its host may lead to.
    public let reach: Reach
    /// The media types that are wanted, as in an `Accept` header.
    public let accept: String
    /// The most bytes that are taken.
    public let maximumBytes: Int
    /// The longest it may take, in milliseconds.
    public let timeout: Int
}

/// What was answered.
public struct WebAnswer: Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// The media type, with its parameters; empty when there is none.
    public var contentType: String
    /// Where a redirect leads.
    public var location: String?
    /// The body.
    public var body: [UInt8]

    /// Makes an answer.
    public init(status: Int, contentType: String, location: String? = nil, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.location = location
        self.body = body
    }
}

/// Why there was no answer.
public struct WebFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened, for people and models.
    public let message: String

    /// Makes a failure.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}

public import CrewTools
import CurlClient
import Synchronization

/// The web through libcurl, for the built-in tool `fetch`.
///
/// Its connections are apart from those of the models: no proxy of the environment, no cookies, no credentials, and no
/// connection that another request has opened to where this one may not go.
public final class CurlWeb: WebClient {
    /// Started with the first request: most crews never make one.
    private let client = Mutex<HTTPClient?>(nil)

    /// Makes a client.
    public init() {}

    /// Gets what lies at a URL.
    public func get(_ request: WebRequest) async throws(WebFailure) -> WebAnswer {
        let reach: HTTPRequest.Reach =
            switch request.reach {
            case .publicInternet: .publicInternet
            case .address(let address): .address(address)
            }
        let sent = HTTPRequest(
            url: request.url,
            headers: [(name: "Accept", value: request.accept), (name: "User-Agent", value: "crew")],
            timeouts: HTTPTimeouts(
                connect: request.timeout,
                firstByte: request.timeout,
                idle: request.timeout,
                total: request.timeout
            ),
            maximumResponseBytes: request.maximumBytes,
            reach: reach
        )
        do throws(HTTPError) {
            let response = try await opened().send(sent)
            return WebAnswer(
                status: response.head.status,
                contentType: response.head.headers["content-type"] ?? "",
                location: response.head.headers["location"],
                body: response.body
            )
        } catch {
            // Where a name leads within a network is nobody's business who can make an agent ask.
            throw WebFailure(error.code == .refused ? "it leads to where it may not" : error.message)
        }
    }

    private func opened() throws(HTTPError) -> HTTPClient {
        let result: Result<HTTPClient, HTTPError> = client.withLock { client in
            if let client { return .success(client) }
            do throws(HTTPError) {
                var configuration = CertificateAuthorities(environment: Environment.process).configuration
                configuration.proxy = .none
                configuration.maximumConnectionsPerHost = 8
                let made = try HTTPClient(configuration)
                client = made
                return .success(made)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

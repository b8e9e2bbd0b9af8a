public import ChatModel
public import CrewCore
import CrewStore
import CurlClient
import OpenAIChat

/// What runs find on this machine and at their endpoint; for a look at what is wrong when nothing works.
public enum Surroundings {
    /// The libraries that runs rest on.
    public struct Libraries: Sendable, Hashable {
        /// libcurl's version.
        public let curl: String
        /// libcurl's TLS library; without one, no `https` endpoint can be reached.
        public let tls: String?
        /// Whether libcurl speaks HTTP/2.
        public let speaksHTTP2: Bool
        /// SQLite's version; `nil` when it does not work.
        public let sqlite: String?
    }

    /// Asks the libraries for their versions.
    public static func libraries() -> Libraries {
        let curl = CurlVersion.current()
        return Libraries(
            curl: curl.version,
            tls: curl.tls,
            speaksHTTP2: curl.speaksHTTP2,
            sqlite: sqliteVersion()
        )
    }

    /// What an endpoint answered when it was asked for its models.
    public enum EndpointAnswer: Sendable, Hashable {
        /// It answered with this HTTP status; the names of its models where it told them.
        case answered(status: Int, models: [String])
        /// There was no answer; why, for people.
        case unreachable(String)
    }

    /// Asks the endpoint of a completed model definition for its models (`GET /models`), which costs nothing.
    ///
    /// - Parameters:
    ///   - model: The model; see `ModelProvider.resolve(_:)`.
    ///   - environment: Where the key is looked up.
    ///   - timeout: How long to wait, in milliseconds.
    public static func ask(
        _ model: ModelDefinition,
        environment: [String: String] = Environment.process,
        timeout: Int = 3_000
    ) async -> EndpointAnswer {
        guard let url = model.baseURL else { return .unreachable("no endpoint is named") }
        var headers = [(name: "Accept", value: "application/json")]
        let key = model.keyVariable.flatMap { environment[$0] } ?? ""
        let secrets = SecretFilter([key])
        if !key.isEmpty {
            headers.append((name: "Authorization", value: "Bearer \(key)"))
        }
        let request = HTTPRequest(
            url: EndpointURL(url).models,
            headers: headers,
            timeouts: HTTPTimeouts(connect: timeout, firstByte: timeout, idle: timeout, total: timeout),
            maximumResponseBytes: 4 << 20
        )
        do throws(HTTPError) {
            let response = try await HTTPClient().send(request)
            let document = try? JSONValue(parsing: String(decoding: response.body, as: UTF8.self))
            let models = (document?["data"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }.map { secrets($0) }
            return .answered(status: response.head.status, models: models)
        } catch {
            return .unreachable(secrets(error.message))
        }
    }
}

extension ChatRequest {
    /// The body with which this request is sent to an OpenAI-compatible endpoint, byte for byte.
    ///
    /// - Parameter streamed: Whether the answer is to be streamed, as it is when somebody observes the run.
    public func openAIBody(streamed: Bool) -> String {
        String(decoding: requestBody(for: self, stream: streamed), as: UTF8.self)
    }
}

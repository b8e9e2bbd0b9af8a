import ChatModel
package import CrewCore
import CrewRuntime
import CurlClient
import OpenAIChat

extension Surroundings {
    /// What an endpoint answered when it was asked for its models.
    package enum EndpointAnswer: Sendable, Hashable {
        /// It told the names of its models.
        case models([String])
        /// It is there, and has no list of models (HTTP 404, 405, 501, or JSON that is none); chats may work all the same.
        case noList(status: Int)
        /// A web page came where an API should be.
        case webPage(status: Int)
        /// It does not let this key in (HTTP 401), or not to this (HTTP 403), with its words.
        case refused(status: Int, reason: String)
        /// The proxy on the way wants a name and a password (HTTP 407).
        case proxyWantsCredentials
        /// It failed, with its words.
        case failed(status: Int, reason: String)
        /// Its certificate is not to be trusted; why, for people.
        case untrusted(String)
        /// There was no answer; why, for people.
        case unreachable(String)
    }

    /// Asks the endpoint of a completed model definition for its models (`GET /models`), which costs nothing.
    ///
    /// - Parameters:
    ///   - model: The model; see `ModelProvider.resolve(_:)`. A key that is missing is not sent.
    ///   - environment: Where keys are looked up.
    ///   - timeout: How long to wait, in milliseconds.
    package static func ask(
        _ model: ModelDefinition,
        environment: [String: String] = Environment.process,
        timeout: Int = 3_000
    ) async -> EndpointAnswer {
        let endpoint: OpenAIEndpoint
        do throws(CrewError) { endpoint = try OpenAIEndpoint(model, environment: environment) } catch {
            var open = model
            open.keyVariable = nil
            open.headers.removeAll { if case .variable = $0.value { true } else { false } }
            open.query.removeAll { if case .variable = $0.value { true } else { false } }
            guard let bare = try? OpenAIEndpoint(open, environment: [:]) else { return .unreachable(error.message) }
            endpoint = bare
        }
        let authorities = CertificateAuthorities(environment: environment)
        if let problem = authorities.problem { return .untrusted(problem) }
        let request = HTTPRequest(
            url: endpoint.url.models,
            headers: endpoint.requestHeaders(accept: "application/json"),
            timeouts: HTTPTimeouts(connect: timeout, firstByte: timeout, idle: timeout, total: timeout),
            maximumResponseBytes: 4 << 20,
            certificateAuthorityFile: endpoint.certificateAuthorityFile
        )
        do throws(HTTPError) {
            let response = try await HTTPClient(authorities.configuration).send(request)
            return answer(response, hiding: endpoint.secrets)
        } catch {
            let reason = endpoint.secrets(error.message)
            if error.code == .untrusted { return .untrusted(reason) }
            return reason.contains("the proxy answered 407") ? .proxyWantsCredentials : .unreachable(reason)
        }
    }

    private static func answer(_ response: HTTPResponse, hiding secrets: SecretFilter) -> EndpointAnswer {
        let status = response.head.status
        let isPage =
            response.body.first { $0 > 0x20 } == UInt8(ascii: "<")
            || response.head.headers["content-type"]?.lowercased().contains("html") == true
        switch status {
        case 200..<300:
            if isPage { return .webPage(status: status) }
            let document = try? JSONValue(parsing: response.body)
            // OpenAI's `data`; Together's bare list; Ollama's own `models`.
            let list = document?["data"] ?? document?["models"] ?? document
            guard let list, list == .null || list.arrayValue != nil else { return .noList(status: status) }
            let names = (list.arrayValue ?? []).compactMap { $0["id"]?.stringValue ?? $0["name"]?.stringValue }
            return .models(names.map { secrets($0) })
        case 404, 405, 501: return .noList(status: status)
        case 401, 403: return .refused(status: status, reason: words(response.body, secrets))
        case 407: return .proxyWantsCredentials
        default: return .failed(status: status, reason: words(response.body, secrets))
        }
    }

    /// What an error says, on one short line.
    private static func words(_ body: [UInt8], _ secrets: SecretFilter) -> String {
        secrets(OpenAIChat.errorWords(in: body))
    }
}

import ChatModel
import CurlClient

/// What an endpoint's address tells about it.
enum EndpointAddress {
    /// Whether it is on this machine, where no key is needed.
    static func isLoopback(_ baseURL: String) -> Bool {
        let host = host(baseURL)
        return host == "localhost" || host.hasPrefix("127.") || host == "::1"
    }

    /// Whether it is OpenAI's own, whose dialect is known.
    static func isOpenAI(_ baseURL: String) -> Bool {
        let host = host(baseURL)
        return host == "api.openai.com" || host.hasSuffix(".openai.azure.com")
    }

    /// What is thought of an endpoint of which nothing was found out yet.
    static func dialect(of baseURL: String) -> Dialect {
        if isOpenAI(baseURL) { return .openAI }
        var dialect = Dialect.compatible
        // A conversation that moves there would be refused once for each run that has forgotten it.
        if host(baseURL).hasSuffix(".mistral.ai") { dialect.toolCallIdentifiers = .nineCharacters }
        return dialect
    }

    private static func host(_ url: String) -> String { HTTPRequest(url: url).host.lowercased() }
}

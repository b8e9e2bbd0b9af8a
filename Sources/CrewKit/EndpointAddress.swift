import ChatModel
import CrewCore

/// What an endpoint's address tells about it.
enum EndpointAddress {
    /// Whether it is on this machine, where no key is needed.
    static func isLoopback(_ baseURL: String) -> Bool { (try? ModelEndpoint(baseURL))?.isLoopback ?? false }

    /// Whether what is sent there, keys included, can be read on the way by others.
    static func isExposed(_ baseURL: String) -> Bool {
        guard let endpoint = try? ModelEndpoint(baseURL) else { return true }
        return endpoint.isClearText && !endpoint.isLoopback
    }

    /// Whether it is written out that it is a service of a cloud or a local network.
    static func isLocalService(_ baseURL: String) -> Bool { (try? ModelEndpoint(baseURL))?.isLocalService ?? false }

    /// Whether it is OpenAI's own, whose dialect is known.
    static func isOpenAI(_ baseURL: String) -> Bool {
        let host = host(of: baseURL)
        return host == "api.openai.com" || host.hasSuffix(".openai.azure.com")
    }

    /// What is thought of an endpoint of which nothing was found out yet.
    static func dialect(of baseURL: String) -> Dialect {
        if isOpenAI(baseURL) { return .openAI }
        var dialect = Dialect.compatible
        // A conversation that moves there would be refused once for each run that has forgotten it.
        if host(of: baseURL).hasSuffix(".mistral.ai") { dialect.toolCallIdentifiers = .nineCharacters }
        return dialect
    }

    private static func host(of baseURL: String) -> String { (try? ModelEndpoint(baseURL))?.address.host ?? "" }
}

package import ChatModel
package import CrewCore

/// What can be done about a failure of a provider's.
struct ProviderHint {
    let failure: CallFailed
    let model: ModelDefinition?

    private var url: String { model?.baseURL.map(ModelEndpoint.shown) ?? "the endpoint" }

    /// The hint; `nil` where there is nothing to say beyond the server's own words.
    var text: String? {
        switch (failure.code, failure.status) {
        case (.unknownModel, _):
            let name = model.map { "\"\($0.model)\"" } ?? "of that name"
            return "does \(url) have a model \(name)? `crew doctor` lists them"
        case (.proxyRefused, _): return "the proxy wants a name and a password: write them into https_proxy"
        case (.filtered, _): return "the provider's moderation objects to what was said; no key is at fault"
        case (.credentials, _), (_, 401?): return credentials
        case (.quotaExhausted, _):
            return "the account behind \(keys ?? "the key") has nothing left: see its billing page"
        case (_, 404?): return notFound
        case (.untrusted, _):
            return "name your authority's certificates: SSL_CERT_FILE=FILE.pem, or `ca: FILE.pem`"
        case (.loading, _): return "`patience: 10m` of the model in the crew file waits longer for its server"
        case (.rateLimited, _) where failure.retryAfter.map { $0 > patience } ?? false:
            return "a larger `patience` of the model in the crew file waits as long as the server asks"
        case (.timedOut, nil): return timeout
        case (.redirected, _): return "write the address that it leads to, if you trust it, in the place of \(url)"
        case (.unreachable, _): return unreachable
        default: return nil
        }
    }

    private var patience: Int { model?.patience ?? ModelDefinition.defaultPatience }

    /// The variables whose values the endpoint got.
    private var keys: String? {
        let names = (model?.variableUses ?? []).map(\.variable)
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    private var credentials: String {
        guard let keys else { return "the crew file names no key: write key: env:NAME" }
        return failure.status == 403
            ? "the key in \(keys) is known and may not do this: see its project, region and models"
            : "check the key in \(keys) and what it may do"
    }

    private var notFound: String {
        let plain = url.hasSuffix("/") ? String(url.dropLast()) : url
        if plain.contains("/deployments/") { return "is there such a deployment at \(url), and this api-version?" }
        return plain.hasSuffix("/v1") || plain.contains("/chat/completions")
            ? "is \(url) the address of an OpenAI-compatible endpoint?"
            : "does the base URL end in /v1? It is \(url)"
    }

    private var timeout: String? {
        if failure.message.contains("paused") {
            return "a larger `idle_timeout` of the model in the crew file lets it think longer"
        }
        return isOnThisMachine
            ? "a server on this machine may answer few requests at once: try `concurrent: 1` of the model"
            : nil
    }

    private var unreachable: String {
        if failure.message.contains("proxy") { return "check https_proxy, http_proxy and no_proxy" }
        return isOnThisMachine || model == nil
            ? "is the server at \(url) running? `crew doctor` looks"
            : "check the address \(url), the network and the proxy; `crew doctor` looks"
    }

    private var isOnThisMachine: Bool {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return ["localhost", "127.", "[::1]"].contains { rest.hasPrefix($0) }
    }
}

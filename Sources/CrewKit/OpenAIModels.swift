public import ChatModel
public import CrewCore
public import CrewRuntime
import CrewSQLite
import CurlClient
import ModelTraffic
import OpenAIChat
import Synchronization

/// Models behind OpenAI-compatible endpoints, with cache, rate limits and circuit breakers shared by all runs.
///
/// An endpoint that a crew does not name is the one of `OPENAI_BASE_URL`, or OpenAI's; its key is that of
/// `OPENAI_API_KEY`. A key is read when a run begins and stands in no crew, journal or message.
public final class OpenAIModels: ModelProvider {
    /// Where the key lies unless a crew says otherwise.
    static let impliedKeyVariable = "OPENAI_API_KEY"

    private let environment: [String: String]
    private let authorities: CertificateAuthorities
    private let client: HTTPClient
    private let traffic: TrafficControl
    private let memory: EndpointMemory?
    private let trustsPrices: Bool
    private let made = Mutex(Made())

    /// What was made for a run and serves those after it: it takes as long to make as a call.
    private struct Made {
        /// Models, by what describes them.
        var models: [ModelDefinition: any ChatModel] = [:]
        /// The last filter, and what it looks for.
        var filter: (secrets: [String], filter: SecretFilter)?

        /// An engine of ever new crews must not keep them all.
        static let mostModels = 64
    }

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - environment: The environment variables; the process's own unless said otherwise.
    ///   - store: Where answers are cached and what endpoints take is remembered; without one, neither is kept.
    ///   - trustsPrices: Whether a model's own price counts although the published one is higher. In code it is the
    ///     programmer's word and counts; from a file that somebody else wrote, a price of nothing would undo every limit
    ///     in money, so the dearer should count there.
    ///   - warn: Told of what a run survives, such as a cache that cannot be read.
    /// - Throws: `CrewError` when libcurl cannot be used.
    public init(
        environment: [String: String]? = nil,
        store: String? = nil,
        trustsPrices: Bool = true,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(CrewError) {
        let environment = environment ?? Environment.process
        self.environment = environment
        self.trustsPrices = trustsPrices
        authorities = CertificateAuthorities(environment: environment)
        do throws(HTTPError) {
            client = try HTTPClient(authorities.configuration)
        } catch {
            throw CrewError(.configuration, error.message, cause: error)
        }
        let file = store.map { CacheFile(directory: $0, warn: warn) }
        traffic = TrafficControl(cache: file.map { SQLiteResponseCache($0) })
        memory = file.map { EndpointMemory($0) }
    }

    /// Where runs share the thread that carries their calls.
    public var executor: (any TaskExecutor)? { client.executor }

    /// The model that a crew without any gets: `OPENAI_MODEL`, or a small one of OpenAI's.
    package static func defaultModel(environment: [String: String] = Environment.process) -> ModelDefinition {
        ModelDefinition(name: "default", model: environment["OPENAI_MODEL"].nonEmpty ?? "gpt-5-mini")
    }

    /// Completes models by the environment's endpoint and key and by the built-in prices.
    public func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] {
        var models = models
        if !models.contains(where: { $0.name == "default" }) { models.append(ownDefault) }
        return try complete(models)
    }

    /// The model of crews without any.
    var ownDefault: ModelDefinition { Self.defaultModel(environment: environment) }

    /// Completes these models and adds none.
    func complete(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] {
        if models.contains(where: { $0.baseURL == nil }), let complaint = Self.complaint(environment["OPENAI_BASE_URL"])
        {
            throw CrewError(.configuration, complaint)
        }
        return models.map(completed)
    }

    /// Why the environment's endpoint cannot be used: its address would be recorded with every run.
    private static func complaint(_ url: String?) -> String? {
        guard let url = url.nonEmpty else { return nil }
        let shown = ModelEndpoint.shown(url)
        guard url.lowercased().hasPrefix("http://") || url.lowercased().hasPrefix("https://") else {
            return "OPENAI_BASE_URL is no http or https address: \(shown)"
        }
        if shown.contains("://…@") {
            return "OPENAI_BASE_URL holds a user name or a password (\(shown)): give the key by OPENAI_API_KEY"
        }
        guard (try? ModelEndpoint(url)) != nil else {
            // Of an address that programs read differently nothing is shown: a part of it may be a password.
            return "OPENAI_BASE_URL is no address that can be used: write scheme, host, port and path alone"
        }
        return shown.contains("=…")
            ? "OPENAI_BASE_URL holds values that may be keys (\(shown)): write the model into a crew file, with `query`"
            : nil
    }

    private func completed(_ model: ModelDefinition) -> ModelDefinition {
        var model = model
        if model.baseURL == nil {
            model.baseURL = environment["OPENAI_BASE_URL"].nonEmpty ?? "https://api.openai.com/v1"
            // A key that is not there cannot be read on the way.
            let isExposed = EndpointAddress.isExposed(model.baseURL ?? "")
            if model.keyVariable == nil, !isExposed || environment[Self.impliedKeyVariable].nonEmpty != nil {
                model.keyVariable = Self.impliedKeyVariable
            }
        }
        if let own = model.price, !trustsPrices {
            model.price = Self.believed(own, of: model)
        } else {
            model.price = model.effectivePrice
        }
        return model
    }

    /// What counts of a price that somebody else may have written.
    private static func believed(_ own: Price, of model: ModelDefinition) -> Price? {
        if let published = PriceTable.builtIn.likelyPrice(for: model.model) { return own.dearer(published) }
        return model.isUnlikelyFree ? nil : own
    }

    /// The endpoint, with limits, breaker and cache before it.
    public func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        if let made = made.withLock({ $0.models[definition] }) { return made }
        let model = try newModel(for: definition)
        made.withLock { made in
            if made.models.count >= Made.mostModels { made.models = [:] }
            made.models[definition] = model
        }
        return model
    }

    private func newModel(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        guard let baseURL = definition.baseURL else {
            throw CrewError(
                .configuration,
                "the model \"\(definition.name)\" has no endpoint: it was handed over in Swift, by the program that began the run"
            )
        }
        try authorities.check(baseURL, own: definition.certificateAuthorities, model: definition.name)
        let endpoint = try OpenAIEndpoint(definition, environment: environment)
        return traffic.model(
            wrapping: OpenAIChatModel(endpoint: endpoint, client: client),
            endpoint: baseURL,
            keyIdentity: definition.keyIdentity,
            model: definition.model,
            limits: RateLimits(
                requestsPerMinute: definition.requestsPerMinute,
                tokensPerMinute: definition.tokensPerMinute
            ),
            concurrent: definition.concurrentRequests,
            salt: definition.requestSalt + "\n" + payer(of: definition)
        )
    }

    /// What keeps the cached answers apart that different keys have paid for, without being one.
    private func payer(of definition: ModelDefinition) -> String {
        guard definition.cache != .off else { return "" }
        let keys = KeyReading(environment: environment)
        let values = definition.variableUses.map { keys.value(of: $0.variable) ?? "" }
        // Where there is no own key to make it with, nothing is cached on the disk either.
        return (try? StateFolder().key())?.pseudonym(of: values.joined(separator: "\u{0}")) ?? ""
    }

    /// The keys of the models, whatever else their requests take from the environment, and `OPENAI_API_KEY` whether
    /// they use it or not.
    public func secrets(of models: [ModelDefinition]) -> SecretFilter {
        let keys = KeyReading(environment: environment)
        let variables = models.flatMap(\.variableUses).map(\.variable) + [Self.impliedKeyVariable]
        let secrets = variables.flatMap(keys.secrets)
        if let (known, filter) = made.withLock({ $0.filter }), known == secrets { return filter }
        let filter = SecretFilter(secrets)
        made.withLock { $0.filter = (secrets, filter) }
        return filter
    }

    /// What is remembered of an endpoint, or what is known of OpenAI's.
    public func dialect(for definition: ModelDefinition) async -> Dialect {
        guard let baseURL = definition.baseURL else { return .compatible }
        let base = EndpointAddress.dialect(of: baseURL)
        return await memory?.dialect(base, endpoint: baseURL, model: definition.model) ?? base
    }

    /// Remembers it in the store, if there is one.
    public func remember(_ findings: EndpointFindings, for definition: ModelDefinition) async {
        guard let baseURL = definition.baseURL else { return }
        await memory?.remember(findings, endpoint: baseURL, model: definition.model)
    }
}

extension ModelDefinition {
    /// Tells apart who asks an endpoint, by names alone.
    fileprivate var keyIdentity: String {
        let billed = [organization.map { "organization=\($0)" }, project.map { "project=\($0)" }].compactMap { $0 }
        return (variableUses.map(\.variable) + billed).joined(separator: ",")
    }

    /// What else of a request may change its answer; empty for a request without headers and query of its own.
    fileprivate var requestSalt: String {
        (headers + query).map { parameter in
            switch parameter.value {
            case .text(let text): "\(parameter.name)=\(text)"
            case .variable(let variable): "\(parameter.name)=env:\(variable)"
            }
        }.joined(separator: "\n")
    }
}

extension String? {
    /// The text, unless it is missing or empty: an empty variable counts as unset.
    fileprivate var nonEmpty: String? { flatMap { $0.isEmpty ? nil : $0 } }
}

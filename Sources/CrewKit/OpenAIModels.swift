public import ChatModel
public import CrewCore
public import CrewRuntime
import CrewStore
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
    private static let impliedKeyVariable = "OPENAI_API_KEY"

    private let environment: [String: String]
    private let client: HTTPClient
    private let traffic: TrafficControl
    private let memory: EndpointMemory?

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - environment: The environment variables; the process's own unless said otherwise.
    ///   - store: Where answers are cached and what endpoints take is remembered; without one, neither is kept.
    ///   - warn: Told of what a run survives, such as a cache that cannot be read.
    /// - Throws: `CrewError` when libcurl cannot be used.
    public init(
        environment: [String: String] = Environment.process,
        store: String? = nil,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(CrewError) {
        self.environment = environment
        do throws(HTTPError) {
            client = try HTTPClient(HTTPClient.Configuration())
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
    public static func defaultModel(environment: [String: String] = Environment.process) -> ModelDefinition {
        ModelDefinition(name: "default", model: environment["OPENAI_MODEL"].nonEmpty ?? "gpt-5-mini")
    }

    /// Completes models by the environment's endpoint and key and by the built-in prices.
    public func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] {
        var models = models
        if !models.contains(where: { $0.name == "default" }) {
            models.append(Self.defaultModel(environment: environment))
        }
        return models.map(completed)
    }

    private func completed(_ model: ModelDefinition) -> ModelDefinition {
        var model = model
        if model.baseURL == nil {
            model.baseURL = environment["OPENAI_BASE_URL"].nonEmpty ?? "https://api.openai.com/v1"
            model.keyVariable = model.keyVariable ?? Self.impliedKeyVariable
        }
        model.price = model.price ?? PriceTable.builtIn.price(for: model.model)
        return model
    }

    /// The endpoint, with limits, breaker and cache before it.
    public func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        guard let baseURL = definition.baseURL else {
            throw CrewError(.configuration, "the model \"\(definition.name)\" has no endpoint")
        }
        let key = definition.keyVariable.flatMap { environment[$0].nonEmpty }
        if key == nil, let variable = definition.keyVariable {
            // A key that nobody asked for may be missing on this machine; one that the crew names may not.
            let isImplied = variable == Self.impliedKeyVariable
            if !isImplied || !EndpointAddress.isLoopback(baseURL) {
                throw CrewError(
                    .credentials,
                    "the model \"\(definition.name)\" (\(definition.model)) needs a key: set \(variable)"
                        + (isImplied ? ", or set OPENAI_BASE_URL to an endpoint on this machine" : "")
                )
            }
        }
        let endpoint = OpenAIEndpoint(
            baseURL: baseURL,
            apiKey: key.map { Secret($0) },
            timeouts: OpenAIEndpoint.Timeouts(firstByte: definition.firstByteTimeout)
        )
        return traffic.model(
            wrapping: OpenAIChatModel(endpoint: endpoint, client: client),
            endpoint: baseURL,
            keyIdentity: definition.keyVariable ?? "",
            model: definition.model,
            limits: RateLimits(
                requestsPerMinute: definition.requestsPerMinute,
                tokensPerMinute: definition.tokensPerMinute
            )
        )
    }

    /// The keys of the models, and `OPENAI_API_KEY` whether they use it or not.
    public func secrets(of models: [ModelDefinition]) -> SecretFilter {
        SecretFilter((models.compactMap(\.keyVariable) + [Self.impliedKeyVariable]).compactMap { environment[$0] })
    }

    /// What is remembered of an endpoint, or what is known of OpenAI's.
    public func dialect(for definition: ModelDefinition) async -> Dialect {
        guard let baseURL = definition.baseURL else { return .compatible }
        if let known = await memory?.dialect(endpoint: baseURL, model: definition.model) { return known }
        return EndpointAddress.isOpenAI(baseURL) ? .openAI : .compatible
    }

    /// Remembers it in the store, if there is one.
    public func remember(_ dialect: Dialect, for definition: ModelDefinition) async {
        guard let baseURL = definition.baseURL else { return }
        await memory?.remember(dialect, endpoint: baseURL, model: definition.model)
    }
}

extension String? {
    /// The text, unless it is missing or empty: an empty variable counts as unset.
    fileprivate var nonEmpty: String? { flatMap { $0.isEmpty ? nil : $0 } }
}

import ChatModel
public import CrewCore
public import CrewRuntime
import CrewTools

/// Where a library user's crews find their model.
public struct ModelSource: Sendable {
    let definition: ModelDefinition

    /// OpenAI, or whatever endpoint `OPENAI_BASE_URL` names.
    ///
    /// - Parameter model: The model's name; without one, `OPENAI_MODEL` or a small model of OpenAI's.
    public static func openAI(_ model: String? = nil) -> ModelSource {
        var definition = OpenAIModels.defaultModel()
        if let model { definition.model = model }
        return ModelSource(definition: definition)
    }

    /// Any endpoint that speaks the chat-completions protocol.
    ///
    /// - Parameters:
    ///   - baseURL: The address under which `chat/completions` lies, such as `http://127.0.0.1:8080/v1`.
    ///   - model: The model's name there.
    ///   - keyVariable: The environment variable that holds the key, for endpoints that want one.
    public static func compatible(baseURL: String, model: String, keyVariable: String? = nil) -> ModelSource {
        ModelSource(definition: ModelDefinition(model: model, baseURL: baseURL, keyVariable: keyVariable))
    }

    /// A model described in full.
    public static func model(_ definition: ModelDefinition) -> ModelSource { ModelSource(definition: definition) }
}

extension CrewEngine {
    /// Makes an engine whose crews use one model unless they name others.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - journal: Where runs are recorded; in memory unless said otherwise.
    ///   - store: A folder in which answers are cached and what endpoints take is remembered.
    /// - Throws: ``CrewError``.
    public convenience init(
        model: ModelSource,
        journal: any Journal = MemoryJournal(),
        store: String? = nil
    ) throws(CrewError) {
        try self.init(
            models: DefaultModel(base: try OpenAIModels(store: store), definition: model.definition),
            journal: journal,
            web: CurlWeb()
        )
    }
}

/// Gives crews that have no default model one.
private struct DefaultModel: ModelProvider {
    let base: OpenAIModels
    let definition: ModelDefinition

    var executor: (any TaskExecutor)? { base.executor }

    func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] {
        var models = models
        if !models.contains(where: { $0.name == "default" }) {
            var model = definition
            model.name = "default"
            models.append(model)
        }
        return try base.resolve(models)
    }

    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel { try base.model(for: definition) }

    func secrets(of models: [ModelDefinition]) -> SecretFilter { base.secrets(of: models) }

    func dialect(for definition: ModelDefinition) async -> Dialect { await base.dialect(for: definition) }

    func remember(_ findings: EndpointFindings, for definition: ModelDefinition) async {
        await base.remember(findings, for: definition)
    }
}

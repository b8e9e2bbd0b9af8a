import ChatModel
import CrewCore
import CrewRuntime

/// Gives crews the models that an engine was made with, by their names, where they do not define them themselves.
struct NamedModels: ModelProvider {
    let sources: [String: ModelSource]
    let endpoints: OpenAIModels

    var executor: (any TaskExecutor)? { endpoints.executor }

    func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] {
        var written: [ModelDefinition] = []
        var named = models
        for (name, source) in sources.sorted(by: { $0.key < $1.key }) where !models.contains(where: { $0.name == name })
        {
            var definition = source.definition
            definition.name = name
            if source.model == nil {
                named.append(definition)
            } else {
                definition.price = definition.effectivePrice
                written.append(definition)
            }
        }
        if !(named + written).contains(where: { $0.name == "default" }) { named.append(endpoints.ownDefault) }
        return try endpoints.complete(named) + written
    }

    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        // All others have an endpoint once they are completed.
        guard definition.baseURL == nil else { return try endpoints.model(for: definition) }
        guard let model = sources[definition.name]?.model else {
            throw CrewError(
                .configuration,
                "the model \"\(definition.name)\" (\(definition.model)) was handed over by the program that began the run: "
                    + "hand it over again, as CrewEngine(models: [\"\(definition.name)\": .chatModel(…)])"
            )
        }
        return BoundedModel(model)
    }

    func secrets(of models: [ModelDefinition]) -> SecretFilter { endpoints.secrets(of: models) }

    func dialect(for definition: ModelDefinition) async -> Dialect { await endpoints.dialect(for: definition) }

    func remember(_ findings: EndpointFindings, for definition: ModelDefinition) async {
        await endpoints.remember(findings, for: definition)
    }
}

public import ChatModel
public import CrewCore

/// Where the crews of an engine find a model.
public struct ModelSource: Sendable {
    /// What is recorded of it.
    let definition: ModelDefinition
    /// A model that is written in Swift; `nil` for one behind an endpoint.
    let model: (any ChatModel)?

    private init(_ definition: ModelDefinition, _ model: (any ChatModel)? = nil) {
        self.definition = definition
        self.model = model
    }

    /// OpenAI, or whatever endpoint `OPENAI_BASE_URL` names.
    ///
    /// - Parameter model: The model's name; without one, `OPENAI_MODEL` or a small model of OpenAI's.
    public static func openAI(_ model: String? = nil) -> ModelSource {
        var definition = OpenAIModels.defaultModel()
        if let model { definition.model = model }
        return ModelSource(definition)
    }

    /// Any endpoint that speaks the chat-completions protocol.
    ///
    /// - Parameters:
    ///   - baseURL: The address under which `chat/completions` lies, such as `http://127.0.0.1:8080/v1`.
    ///   - model: The model's name there.
    ///   - keyVariable: The environment variable that holds the key, for endpoints that want one.
    ///   - price: What it costs; without one, the published price of a model of this name, if there is one.
    public static func compatible(
        baseURL: String,
        model: String,
        keyVariable: String? = nil,
        price: Price? = nil
    ) -> ModelSource {
        ModelSource(ModelDefinition(model: model, baseURL: baseURL, keyVariable: keyVariable, price: price))
    }

    /// A model that is written in Swift: another provider's client, a model on the machine, a script in a test.
    ///
    /// Its calls have the bounds of any others: they are given up after their time, are held to the budget, and are never
    /// made on the thread that serves the network. A run that used it is resumed by an engine that has it under the same
    /// name.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - name: What it is called in the journal and in what people see; the name of its type unless said otherwise.
    ///   - price: What it costs; without one, the published price of a model of this name, if there is one. A limit in
    ///     money needs a price, which is ``Price/free`` for what costs nothing.
    ///   - maximumOutput: The most tokens one answer may have.
    public static func chatModel(
        _ model: some ChatModel,
        name: String? = nil,
        price: Price? = nil,
        maximumOutput: Int = 2_000
    ) -> ModelSource {
        let name = name ?? String(describing: type(of: model))
        return ModelSource(ModelDefinition(model: name, maximumOutput: maximumOutput, price: price), model)
    }

    /// A model behind an endpoint, described in full.
    public static func model(_ definition: ModelDefinition) -> ModelSource { ModelSource(definition) }
}

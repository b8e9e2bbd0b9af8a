public import ChatModel
public import CrewCore

/// Where an engine gets the models that crews name.
public protocol ModelProvider: Sendable {
    /// Completes a crew's models with what the surroundings know: endpoints, prices, a default model.
    ///
    /// - Returns: The models as they are recorded with the run and used when it is resumed.
    /// - Throws: ``CrewError``, when an endpoint or a model's name is missing.
    func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition]

    /// The model that a completed definition describes.
    ///
    /// - Throws: ``CrewError``, when its key is missing.
    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel

    /// Knows the keys of these models, so that they are taken out of what tools say.
    func secrets(of models: [ModelDefinition]) -> SecretFilter

    /// What is already known of a model's endpoint.
    func dialect(for definition: ModelDefinition) async -> Dialect

    /// Remembers what a run found out about a model's endpoint.
    func remember(_ findings: EndpointFindings, for definition: ModelDefinition) async

    /// Where a run is executed with the fewest thread changes; `nil` for Swift's own threads.
    var executor: (any TaskExecutor)? { get }
}

extension ModelProvider {
    /// The crew with all models of its tree completed; those of members by their qualified names, such as `press/default`.
    ///
    /// - Throws: ``CrewError``, when an endpoint or a model's name is missing.
    public func resolve(_ crew: Crew) throws(CrewError) -> Crew {
        // A tree that is no sound one is refused by its check.
        guard !crew.crews.isEmpty, crew.isBoundedTree, crew.allModels.allSatisfy({ Names.isValid($0.model.name) })
        else {
            var crew = crew
            crew.models = try resolve(crew.models)
            return crew
        }
        return crew.replacingModels(try resolve(crew.qualifiedModels))
    }

    /// Knows the keys of all models of a crew's tree.
    func secrets(of crew: Crew) -> SecretFilter { secrets(of: crew.allModels.map(\.model)) }

    /// Swift's own threads.
    public var executor: (any TaskExecutor)? { nil }
    /// Knows of no keys.
    public func secrets(of models: [ModelDefinition]) -> SecretFilter { SecretFilter() }
    /// A guess that the run itself will correct.
    public func dialect(for definition: ModelDefinition) async -> Dialect { .compatible }
    /// Forgets.
    public func remember(_ findings: EndpointFindings, for definition: ModelDefinition) async {}
    /// The models as they are.
    public func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] { models }
}

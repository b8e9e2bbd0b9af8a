public import ChatModel
public import CrewCore
public import CrewRuntime
import CrewTools
public import Logging

extension CrewEngine {
    /// Makes an engine whose crews use one model unless they name others.
    ///
    /// ```swift
    /// let engine = try CrewEngine(model: .openAI("gpt-5-mini"), journal: .sqlite(".crew"))
    /// ```
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - journal: Where runs are recorded; in memory unless said otherwise.
    ///   - store: A folder in which answers are cached and what endpoints take is remembered; the journal's, if it has one,
    ///     unless said otherwise.
    ///   - logger: Where the engine logs that runs begin and end, and what goes wrong on the way: names, numbers and codes,
    ///     never what was said. Nowhere unless said otherwise.
    /// - Throws: ``CrewError``.
    public convenience init(
        model: ModelSource,
        journal: any Journal = MemoryJournal(),
        store: String? = nil,
        logger: Logger? = nil
    ) throws(CrewError) {
        try self.init(models: ["default": model], journal: journal, store: store, logger: logger)
    }

    /// Makes an engine whose crews use a model written in Swift unless they name others; see ``ModelSource/chatModel(_:name:price:maximumOutput:)``.
    ///
    /// ```swift
    /// let engine = try CrewEngine(model: MyModel())
    /// ```
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - price: What it costs; a limit in money needs one.
    ///   - journal: Where runs are recorded; in memory unless said otherwise.
    ///   - logger: Where the engine logs what becomes of runs; nowhere unless said otherwise.
    /// - Throws: ``CrewError``.
    public convenience init(
        model: some ChatModel,
        price: Price? = nil,
        journal: any Journal = MemoryJournal(),
        logger: Logger? = nil
    ) throws(CrewError) {
        try self.init(models: ["default": .chatModel(model, price: price)], journal: journal, logger: logger)
    }

    /// Makes an engine with several models, which agents use by their names.
    ///
    /// ```swift
    /// let engine = try CrewEngine(models: ["default": .openAI("gpt-5-mini"), "local": .chatModel(MyModel())])
    /// ```
    ///
    /// - Parameters:
    ///   - models: The models by name; `default` is used by agents that name none. A crew's own model of the same name goes
    ///     before.
    ///   - journal: Where runs are recorded; in memory unless said otherwise.
    ///   - store: A folder in which answers are cached and what endpoints take is remembered; the journal's, if it has one,
    ///     unless said otherwise.
    ///   - logger: Where the engine logs what becomes of runs; nowhere unless said otherwise.
    /// - Throws: ``CrewError``.
    public convenience init(
        models: [String: ModelSource],
        journal: any Journal = MemoryJournal(),
        store: String? = nil,
        logger: Logger? = nil
    ) throws(CrewError) {
        let endpoints = try OpenAIModels(store: store ?? journal.folder) { logger?.warning("\($0)") }
        try self.init(
            models: NamedModels(sources: models, endpoints: endpoints),
            journal: journal,
            prompts: nil,
            tools: BuiltinTools.providers(web: CurlWeb()),
            logger: logger
        )
    }
}

public import CrewCore
public import CrewRuntime

extension CrewEngine {
    /// Makes an engine whose crews may declare the built-in tools.
    ///
    /// - Parameters:
    ///   - models: Where models come from.
    ///   - journal: Where runs are recorded.
    ///   - prompts: The texts that are sent to models; the built-in ones unless said otherwise.
    ///   - web: What the built-in tool `fetch` reads the web through; without it, a crew that declares it is refused.
    ///   - clock: The time; the machine's unless a test brings its own, such as `TestClock`.
    /// - Throws: ``CrewError`` when the prompts cannot be read.
    public convenience init(
        models: any ModelProvider,
        journal: any Journal = MemoryJournal(),
        prompts: PromptBook? = nil,
        web: (any WebClient)? = nil,
        clock: RunClock = .system
    ) throws(CrewError) {
        try self.init(
            models: models,
            journal: journal,
            prompts: prompts,
            tools: BuiltinTools.providers(web: web),
            clock: clock
        )
    }
}

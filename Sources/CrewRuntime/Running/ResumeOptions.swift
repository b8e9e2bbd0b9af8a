public import CrewCore

/// What is to be different when a run is taken up again.
public struct ResumeOptions: Sendable {
    /// New limits; what is left out stays as it was.
    public var limits: Limits
    /// What becomes of tool calls that were cut off and may have had their effect.
    public var unknownTools: RunResumed.UnknownToolPolicy
    /// The tools written in Swift that the crew's agents are granted.
    ///
    /// They have to take the arguments that they took when the run began, and may do less than then, not more: a tool with
    /// further effects, or one that may no longer be called twice, is refused by name.
    public var tools: [any Tool]
    /// How many instructions the coordinator may issue in all; without it, as many as before.
    public var instructions: Int?
    /// Other prompts to go on with, which the journal then keeps for the run; without them, those that it was begun with.
    public var prompts: PromptBook?
    /// The crew as its file says now, where it came from one: the run goes on with what it grants as well as what was
    /// granted when the run began.
    public var current: Crew?

    /// Makes options; by default nothing is different.
    public init(
        limits: Limits = Limits(),
        unknownTools: RunResumed.UnknownToolPolicy = .pause,
        tools: [any Tool] = [],
        instructions: Int? = nil,
        prompts: PromptBook? = nil,
        current: Crew? = nil
    ) {
        self.limits = limits
        self.unknownTools = unknownTools
        self.tools = tools
        self.instructions = instructions
        self.prompts = prompts
        self.current = current
    }
}

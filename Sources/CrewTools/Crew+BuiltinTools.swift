public import CrewCore

extension Crew {
    /// Everything that keeps the crew from running, in the order of a crew file's sections; nothing when it can run.
    ///
    /// A crew made in code and one read from a file are held to the same rules.
    public func problems() -> [CrewProblem] { problems(builtins: BuiltinTools.all) }

    /// What the crew is granted beyond the harmless, in the order of a crew file's sections, each once.
    ///
    /// Harmless are: endpoints on this machine; a provider's own endpoint with the variable in which its key conventionally
    /// lies; the endpoint that the person's environment names, with the variable for it; folders within the crew file's own;
    /// hosts of `fetch` on this machine, written as addresses.
    ///
    /// - Parameter scope: What the person has said by their surroundings.
    public func grants(in scope: GrantScope) -> [Grant] { grants(in: scope, builtins: BuiltinTools.all) }

    /// Holds the crew to what another one, its file as it is now, grants as well: the narrower of the two.
    ///
    /// Tools, their folders, hosts and right to write, agents' grants of them and exemptions are narrowed. An endpoint and
    /// a variable that the crew sends there cannot be narrowed: they are granted as they were, or not at all. What the other
    /// grants in addition is not taken.
    ///
    /// - Parameter other: The crew as it is now, its models completed by the environment; see `ModelProvider.resolve(_:)`.
    public func narrowed(to other: Crew) -> NarrowedCrew { narrowed(to: other, builtins: BuiltinTools.all) }
}

import ChatModel

extension ToolSpecification {
    /// What keeps a run from going on with the tool as it is now, in words; `nil` when nothing does.
    ///
    /// What was recorded when the run began is what models were told, what consent was given to, and what tells whether a
    /// call that was cut off may be made again. A tool that has come to do less than that is taken: the narrower holds.
    ///
    /// - Parameter now: The tool of the same name as it is handed over.
    package func change(to now: ToolSpecification) -> String? {
        var changes: [String] = []
        if declaration.parameters.document.canonical != now.declaration.parameters.document.canonical {
            changes.append("its arguments are others")
        }
        let more = now.effects.subtracting(effects)
        if !more.isEmpty { changes.append("it has further effects (\(more.names.joined(separator: ", ")))") }
        if isIdempotent, !now.isIdempotent { changes.append("it may no longer be called twice") }
        return changes.isEmpty ? nil : changes.joined(separator: ", ")
    }
}

extension ToolEffects {
    /// The effects by the names that they have in Swift.
    fileprivate var names: [String] {
        let known: [(ToolEffects, String)] = [
            (.reads, "reads"), (.writes, "writes"), (.network, "network"), (.spends, "spends"), (.executes, "executes"),
        ]
        let rest = subtracting(.all)
        return known.filter { contains($0.0) }.map(\.1) + (rest.isEmpty ? [] : ["others"])
    }
}

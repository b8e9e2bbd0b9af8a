import ChatModel

extension CrewCheck {
    /// A money limit can only be kept when the price of everything that it pays for is known.
    ///
    /// A limit in or on a crew pays for all models of that crew and of those within it, and for models of the crews around it
    /// that they use.
    mutating func prices() {
        // Whose money, or whose crew's around it, is limited as a whole.
        var limited: Set<[String]> = []
        var paid: Set<String> = []
        let tree = crew.tree
        for node in tree {
            let isWithin = !node.path.isEmpty && limited.contains(node.path.dropLast())
            let isWhole = isWithin || node.crew.limits.money != nil || node.member?.limits.money != nil
            if isWhole { limited.insert(node.path) }
            let parts = node.crew.agents.map(\.limits) + [node.crew.process.limits]
            guard isWhole || parts.contains(where: { $0.money != nil }) else { continue }
            paid.formUnion(node.crew.models.map { node.prefix + $0.name })
            paid.formUnion(crew.models(usedBy: node))
        }
        for node in tree {
            for model in node.crew.models where paid.contains(node.prefix + model.name) && model.effectivePrice == nil {
                report(
                    node.place + ["models", .key(model.name)],
                    "the price of \(quoted(model.model)) is not known, so no money limit can be kept",
                    model.model,
                    hint: "give it a `price` in dollars per million tokens: price: {input: 0.25, output: 2}"
                )
            }
        }
    }
}

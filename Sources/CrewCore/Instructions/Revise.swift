import ChatModel

extension Instruction {
    /// Sends an accepted result back to its agent.
    public struct Revise: Sendable, Hashable, Codable {
        /// The result.
        public var result: String
        /// What is to change.
        public var feedback: String

        /// Sends a result back.
        public init(result: String, feedback: String) {
            self.result = result
            self.feedback = feedback
        }
    }
}

extension Instruction.Revise {
    /// What may be sent back.
    public struct Offer: Sendable, Hashable {
        /// The results.
        public var results: [String]
    }
}

extension Menu {
    /// What may be sent back now.
    public var revise: Instruction.Revise.Offer? { offer(of: Instruction.Revise.self) }
}

extension Instruction.Revise.Offer: InstructionOffer {
    var kind: Instruction.Kind { .revise }

    var members: [(String, JSONValue)] {
        [("result", SchemaPart.oneOf(results)), ("feedback", SchemaPart.text(300))]
    }
}

extension Instruction.Revise: InstructionForm {
    static func offer(in scope: ScopeView) -> Offer? {
        guard !scope.coordinator.mustPlan else { return nil }
        let newest = Set(scope.latestResults.values)
        let results = scope.results.filter { newest.contains($0.id) && scope.mayBeSentBack($0) }.map(\.id)
        return results.isEmpty ? nil : Offer(results: results)
    }

    var kind: Instruction.Kind { .revise }

    var instruction: Instruction { .revise(self) }

    func objections(in scope: ScopeView) -> [String] { feedback.isBlank ? ["the feedback is blank"] : [] }

    func orders(in scope: ScopeView) -> [PendingOrder] {
        guard let revised = scope.result(result) else { return [] }
        let order = AssignmentOrder(
            agent: revised.agent,
            task: revised.task,
            objective: "",
            inputs: scope.assignment(revised.assignment)?.inputs ?? []
        )
        return [PendingOrder(order: order, revision: Assignment.Revision(result: result, feedback: feedback))]
    }

    func carryOut(_ coordinator: inout CoordinatorState, in scope: ScopeView) {
        if let task = scope.result(result)?.task { coordinator.revisions[task, default: 0] += 1 }
    }
}

extension ScopeView {
    fileprivate func mayBeSentBack(_ result: AcceptedResult) -> Bool {
        // A crew would do all of it anew.
        guard let task = result.task, !isCrew(result.agent), hasAllowance(result.agent) else { return false }
        return coordinator.revisions[task, default: 0] < process.maximumRevisions
            // A result that others build on would leave them out of date.
            && !tasks.contains { $0.needs.contains(task) && latestResults[$0.name] != nil }
    }
}

import ChatModel

extension Instruction {
    /// Records what is known and what is to be done; changes nothing else.
    public struct Plan: Sendable, Hashable, Codable {
        /// What is known.
        public var facts: [String]
        /// What is to be done.
        public var steps: [String]

        /// Makes a plan.
        public init(facts: [String], steps: [String]) {
            self.facts = facts
            self.steps = steps
        }
    }
}

extension Instruction.Plan: InstructionForm {
    struct Offer: InstructionOffer {
        var kind: Instruction.Kind { .plan }

        var members: [(String, JSONValue)] {
            [
                ("facts", SchemaPart.list(of: SchemaPart.text(100), 0...5)),
                ("steps", SchemaPart.list(of: SchemaPart.text(100), 1...6)),
            ]
        }
    }

    static func offer(in scope: ScopeView) -> Offer? {
        let coordinator = scope.coordinator
        if coordinator.mustPlan { return Offer() }
        // Of two plans in a row the first would be for nothing.
        if case .plan? = coordinator.issued.last { return nil }
        return coordinator.plans < scope.process.maximumPlans ? Offer() : nil
    }

    var kind: Instruction.Kind { .plan }

    var instruction: Instruction { .plan(self) }

    func carryOut(_ coordinator: inout CoordinatorState, in scope: ScopeView) {
        coordinator.facts = facts
        coordinator.steps = steps
        coordinator.plans += 1
        coordinator.mustPlan = false
        coordinator.withoutProgress = 0
    }
}

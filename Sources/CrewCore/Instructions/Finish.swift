import ChatModel

extension Instruction {
    /// Ends the run with success, resting on accepted results.
    public struct Finish: Sendable, Hashable, Codable {
        /// The answer, where no task gives it.
        public var answer: String?
        /// The results on which it rests.
        public var results: [String]

        /// Ends a run.
        public init(answer: String?, results: [String]) {
            self.answer = answer
            self.results = results
        }
    }
}

extension Instruction.Finish {
    /// On what the run may end.
    public struct Offer: Sendable, Hashable {
        /// The results, at least one.
        public var results: [String]
        /// Whether the coordinator itself words the answer.
        public var wordsAnswer: Bool
    }
}

extension Menu {
    /// On what the run may end now.
    public var finish: Instruction.Finish.Offer? { offer(of: Instruction.Finish.self) }
}

extension Instruction.Finish.Offer: InstructionOffer {
    var kind: Instruction.Kind { .finish }

    var members: [(String, JSONValue)] {
        (wordsAnswer ? [("answer", SchemaPart.text(1_500))] : [])
            + [("results", SchemaPart.list(of: SchemaPart.oneOf(results), 1...results.count))]
    }
}

extension Instruction.Finish: InstructionForm {
    static func offer(in scope: ScopeView) -> Offer? {
        guard !scope.coordinator.mustPlan else { return nil }
        let isFree = scope.tasks.isEmpty
        guard isFree || scope.owesNothing else { return nil }
        let results = (isFree ? scope.results : scope.answerResults).map(\.id)
        return results.isEmpty ? nil : Offer(results: results, wordsAnswer: isFree)
    }

    var kind: Instruction.Kind { .finish }

    var instruction: Instruction { .finish(self) }

    var withoutRepetitions: Self { Self(answer: answer, results: results.withoutRepetitions) }

    func objections(in scope: ScopeView) -> [String] {
        guard let answer else { return [] }
        if answer.isBlank { return ["the answer is blank"] }
        return scope.mark.isContained(in: answer) ? ["the answer \(RunState.echo)"] : []
    }

    func carryOut(_ coordinator: inout CoordinatorState, in scope: ScopeView) {
        coordinator.conclusion = .finished(answer: answer, results: results)
    }
}

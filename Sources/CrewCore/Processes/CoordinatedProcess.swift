/// A language model decides, from the menu.
struct CoordinatedProcess: ProcessRules {
    /// How many instructions there may be.
    static let instructions = 1...10_000

    static let options: [ProcessOption] = [
        ProcessOption("model", .model(\.model), "The coordinator's model.", synonyms: ["llm"]),
        ProcessOption(
            "max_instructions",
            .integer(\.maximumInstructions, instructions),
            "How many instructions the coordinator may issue."
        ),
        ProcessOption("max_revisions", .integer(\.maximumRevisions, 0...100), "How often one result may be sent back."),
        ProcessOption(
            "stall_after",
            .integer(\.stallAfter, 1...10_000),
            "After how many instructions without a new accepted result the coordinator must plan again."
        ),
        ProcessOption(
            "max_plans",
            .integer(\.maximumPlans, 1...1_000),
            "How many plans there may be, the first included."
        ),
        ProcessOption(
            "max_assignments",
            .integer(\.maximumAssignments, 1...1_000),
            "How many assignments one instruction may hand out."
        ),
        .answer,
        ProcessOption(
            "tools",
            .tools(\.tools),
            "The tools that the coordinator may call: `NAME` or `NAME.PART`.",
            isRefusedElsewhere: true
        ),
        ProcessOption(
            "limits",
            .limits(\.limits),
            "What the coordinator may use in a run.",
            synonyms: ["budget"],
            isRefusedElsewhere: true
        ),
    ]

    /// Whoever decides can choose another way, so one failure is not the end of a task.
    var attempts: Int { 3 }

    func problems(_ check: inout CrewCheck) {
        let process = check.crew.process
        check.ruleOfTwo(process.tools, of: "coordinator", isAgent: false, at: ["process", "tools"])
        guard process.limits.time != nil else { return }
        check.report(
            ["process", "limits", "time"],
            "time is limited for a crew as a whole",
            hint: "write `time` under the crew's own `limits`"
        )
    }

    func coordinatorModel(of process: CrewProcess) -> String? { process.model ?? "default" }

    func candidates(in crew: Crew) -> [String] { crew.members }

    func next(in scope: ScopeView) -> ProcessStep {
        if let bound = bound(in: scope) { return bound }
        // No plan and no better result brings on what nobody may do: asking for one would only cost.
        return canGoOn(in: scope) ? .ask(Menu(of: scope)) : withoutChoice(in: scope)
    }

    /// Whether work can be handed out, or all is done that is required.
    private func canGoOn(in scope: ScopeView) -> Bool {
        guard !scope.tasks.isEmpty else {
            return !scope.results.isEmpty || scope.crew.members.contains { scope.mayDo($0, nil) }
        }
        return owesNothing(in: scope)
            || scope.tasks.contains { task in
                scope.isDue(task) && candidates(for: task, in: scope.crew).contains { scope.mayDo($0, task.name) }
            }
    }

    /// What follows when the coordinator has come to a bound and may not be asked as things are.
    private func bound(in scope: ScopeView) -> ProcessStep? {
        let coordinator = scope.coordinator
        let isComplete = owesNothing(in: scope)
        let most = scope.maximumInstructions
        if coordinator.issued.count >= most {
            if isComplete { return finish(in: scope) }
            return .limit(.instructions, "the coordinator has issued all \(most) instructions")
        }
        if !coordinator.mustPlan, !isComplete, coordinator.withoutProgress >= scope.process.stallAfter {
            guard coordinator.plans < scope.process.maximumPlans else {
                return .end(
                    .failed,
                    code: "stalled",
                    message:
                        "\(coordinator.withoutProgress) instructions brought nothing new, after \(coordinator.plans) plans"
                )
            }
            return .replan(after: coordinator.withoutProgress)
        }
        if let refusal = scope.callRefusal {
            if refusal.isOfRun { return .limit(.calls, refusal.message) }
            return isComplete ? finish(in: scope) : .end(.limited, code: "limit", message: refusal.message)
        }
        return nil
    }

    /// The end when the coordinator could order nothing: what is left to do has failed, or its agents may not go on.
    private func withoutChoice(in scope: ScopeView) -> ProcessStep {
        let due = scope.tasks.filter(scope.isDue)
        guard scope.tasks.isEmpty || !due.isEmpty else {
            return scope.missingTasks.first.map { .end(afterFailureOf: $0, in: scope) } ?? finishOrFail(in: scope)
        }
        let tasks = due.isEmpty ? "" : " for \(due.map(\.name).joined(separator: ", "))"
        return .end(.limited, code: "limit", message: "no agent has any allowance left\(tasks)")
    }
}

/// A process: who decides what is done next, and all that is particular to that.
///
/// One file each; what is decided is said in words of its own, from which the engine makes facts.
protocol ProcessRules: Sendable {
    /// What a crew file may say of it beside its pattern.
    static var options: [ProcessOption] { get }

    /// How often a task may fail before it is given up.
    var attempts: Int { get }

    /// Reports what is wrong with a crew that is to work so.
    func problems(_ check: inout CrewCheck)

    /// The crew's name of the model that decides; `nil` for a process without judgement.
    func coordinatorModel(of process: CrewProcess) -> String?

    /// Who may do a task that names nobody.
    func candidates(in crew: Crew) -> [String]

    /// What follows when nothing is under way.
    func next(in scope: ScopeView) -> ProcessStep

    /// What is handed out while others are still at work.
    func whileWorking(in scope: ScopeView) -> Instruction?

    /// The results that a task builds on.
    func inputs(of task: CrewTask, in scope: ScopeView) -> [String]

    /// The work beyond the tasks that it hands out once they are done.
    func closingOrders(in scope: ScopeView) -> [AssignmentOrder]

    /// The results that make up the answer, as far as they are there.
    func answer(in scope: ScopeView) -> [AcceptedResult]

    /// The task whose result is the whole answer; `nil` where no single one is known to be.
    func answeringTask(of crew: Crew) -> String?

    /// Whether all that is required is done and there is an answer: only then may a run end with success.
    func owesNothing(in scope: ScopeView) -> Bool
}

/// What a process decides.
enum ProcessStep {
    /// This is carried out.
    case issue(Instruction)
    /// A model is asked for one of these.
    case ask(Menu)
    /// The coordinator must plan, since so many instructions brought nothing new.
    case replan(after: Int)
    /// A limit leaves no room for what would be next.
    case limit(LimitKind, String)
    /// The crew's work ends without success.
    case end(RunStatus, code: String, message: String)
}

extension CrewProcess {
    /// What is particular to its pattern.
    var rules: any ProcessRules { pattern.rules }

    /// Its name in crew files.
    package var name: String { pattern.rawValue }

    /// The crew's name of the model that decides; `nil` for a process without judgement.
    package var coordinatorModel: String? { rules.coordinatorModel(of: self) }

    /// Whether a model decides.
    package var hasCoordinator: Bool { coordinatorModel != nil }
}

extension CrewProcess.Pattern {
    /// What is particular to the pattern.
    var rules: any ProcessRules {
        switch self {
        case .sequential: SequentialProcess()
        case .concurrent: ConcurrentProcess()
        case .coordinator: CoordinatedProcess()
        }
    }
}

// MARK: - What most processes have in common

extension ProcessRules {
    var attempts: Int { 1 }

    func coordinatorModel(of process: CrewProcess) -> String? { nil }

    func candidates(in crew: Crew) -> [String] { Array(crew.members.prefix(1)) }

    func whileWorking(in scope: ScopeView) -> Instruction? { nil }

    func inputs(of task: CrewTask, in scope: ScopeView) -> [String] {
        task.needs.compactMap { scope.latestResults[$0] }
    }

    func closingOrders(in scope: ScopeView) -> [AssignmentOrder] { [] }

    func answeringTask(of crew: Crew) -> String? { crew.process.answer ?? crew.tasks.last(where: \.isRequired)?.name }

    /// The result of the task that the process names, else of the last required one, else of the last that has any.
    func answer(in scope: ScopeView) -> [AcceptedResult] {
        let task =
            answeringTask(of: scope.crew) ?? scope.tasks.last { scope.latestResults[$0.name] != nil }?.name
        return [task.flatMap(scope.result(ofTask:))].compactMap(\.self)
    }

    func owesNothing(in scope: ScopeView) -> Bool {
        !scope.tasks.isEmpty && scope.missingTasks.isEmpty && !answer(in: scope).isEmpty
    }

    /// Who may do a task.
    func candidates(for task: CrewTask, in crew: Crew) -> [String] { task.agent.map { [$0] } ?? candidates(in: crew) }

    /// Hands tasks out, each to the first who may do it.
    func delegation(of tasks: [CrewTask], in scope: ScopeView) -> Instruction {
        let orders = tasks.map { task in
            AssignmentOrder(
                agent: candidates(for: task, in: scope.crew).first ?? "",
                task: task.name,
                objective: "",
                inputs: inputs(of: task, in: scope)
            )
        }
        return .delegate(Instruction.Delegate(orders))
    }

    /// The end with success, on the results that make up the answer.
    func finish(in scope: ScopeView) -> ProcessStep {
        .issue(.finish(Instruction.Finish(answer: nil, results: answer(in: scope).map(\.id))))
    }

    /// The end once there is nothing left to do.
    func finishOrFail(in scope: ScopeView) -> ProcessStep {
        if owesNothing(in: scope) { return finish(in: scope) }
        if let missing = scope.missingTasks.first ?? scope.tasks.first(where: { scope.hasGivenUp(on: $0.name) })?.name {
            return .end(afterFailureOf: missing, in: scope)
        }
        return .end(.failed, code: "no_answer", message: "no task has given an answer")
    }
}

extension ProcessStep {
    /// The end that follows when a required task cannot be done.
    static func end(afterFailureOf task: String, in scope: ScopeView) -> ProcessStep {
        // What it needs may have failed in its place.
        let failed = scope.lastFailed { $0.task == task } ?? scope.lastFailed { $0.task != nil }
        guard let failed else {
            return .end(.failed, code: "task_failed", message: "the task \"\(task)\" could not be done")
        }
        return .end(after: failed, "the task \"\(failed.assignment.task ?? task)\"")
    }

    /// The end that follows when an assignment has failed, with words for what it was.
    static func end(after failed: AssignmentState, _ what: String) -> ProcessStep {
        guard case .failed(let code, let message) = failed.status else {
            return .end(.failed, code: "task_failed", message: "an assignment failed")
        }
        return .end(
            code == "limit" ? .limited : .failed,
            code: code,
            message: "\(what) could not be done by \(failed.assignment.agent): \(message)"
        )
    }
}

import CrewKit
import CrewReport

/// Everything that a run will say to models, as far as it is known before it begins.
enum PromptSheet {
    /// The sheet.
    static func text(_ state: RunState) -> String {
        let previews = state.previewedRequests
        var sections = previews.map(section)
        if previews.count >= RunState.mostPreviewedRequests {
            sections.append(heading("there are more; the first \(previews.count) are shown"))
        }
        for call in state.firstRequests {
            sections.append(
                heading("sent first: call \(call.call) to \(call.request.model)")
                    + part("request body", call.request.openAIBody(streamed: true))
            )
        }
        return sections.joined()
    }

    private static func section(_ preview: PreviewedRequest) -> String {
        var text = heading(title(preview.author) + " · " + preview.request.model)
        if !preview.unknown.isEmpty { text += "known only in the run: \(preview.unknown.joined(separator: ", "))\n\n" }
        for message in preview.request.conversation.messages { text += part(message.role.rawValue, message.text) }
        for tool in preview.request.tools.tools {
            text += part("tool \(tool.name)", "\(tool.summary)\n\(PrettyJSON.text(tool.parameters.document))")
        }
        if let schema = preview.schema { text += part("answer", PrettyJSON.text(schema.document)) }
        return text
    }

    private static func title(_ author: PreviewedRequest.Author) -> String {
        switch author {
        case .coordinator(nil): "coordinator"
        case .coordinator(let crew?): "\(crew)/coordinator"
        case .agent(let name, let task?): "\(name), task \(task)"
        case .agent(let name, nil): name
        }
    }

    private static func heading(_ title: String) -> String { "=== \(title)\n\n" }

    private static func part(_ name: String, _ text: String) -> String { "--- \(name)\n\(text)\n\n" }
}

import CrewCore
import Foundation

/// Events of about a kilobyte.
enum Sample {
    static func created(_ run: String) throws -> Event {
        let crew = Crew(name: "probe", goal: "Probe.", agents: [Agent("a", role: "r", goal: "g")])
        let json = """
            {"sequence":1,"time":1,"type":"run.created","run":"\(run)",
            "crew":\(String(decoding: try JSONEncoder().encode(crew), as: UTF8.self)),
            "inputs":"{}","limits":{},"tools":{},"dialects":{},"prompts":"1","folder":"."}
            """
        return try JSONDecoder().decode(Event.self, from: Data(json.utf8))
    }

    static func event(_ sequence: Int) -> Event {
        Event(sequence: sequence, time: Int64(sequence), fact: completed)
    }

    private static let completed: Fact = {
        let text = String(repeating: "The tide turns twice a day. ", count: 30)
        let json = """
            {"sequence":1,"time":1,"type":"call.completed","call":"c1","text":"\(text)","toolCalls":[],
            "finishReason":"stop","usage":{"input":100,"cachedInput":0,"output":200,"reasoning":0},
            "isEstimated":false,"cost":1000,"isCached":false}
            """
        do {
            return try JSONDecoder().decode(Event.self, from: Data(json.utf8)).fact
        } catch {
            preconditionFailure("the sample is no event: \(error)")
        }
    }()
}

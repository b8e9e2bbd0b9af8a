/// The crew file that the documentation shows, with the keys that there are today.
let quickstart = """
    crew: research-brief
    goal: Write a sourced brief on {{topic}}.
    inputs:
      topic: {type: string, description: what to write about, default: tidal energy}
    models:
      default: {model: gpt-5-mini, temperature: 0.2, max_output: 2000}
      local:   {base_url: "http://127.0.0.1:8080/v1", model: smollm2, price: {input: 0, output: 0}}   # USD per million tokens
    agents:
      researcher:
        role: Senior researcher
        goal: Find facts about {{topic}} that can be verified
        tools: [calculator, notes.read]
        limits: {calls: 20}
      writer: {role: Writer, goal: Turn findings into clear prose, model: local}
    tools:
      calculator: {builtin: calculator}
      notes: {builtin: files, folder: notes}
    process: {pattern: coordinator, model: default, max_instructions: 12}
    tasks:
      findings: {description: "Ten facts, each with its source", agent: researcher}
      brief:
        description: A one-page brief with sources
        agent: writer
        needs: [findings]
        output: {type: object, properties: {title: {type: string}, body: {type: string}}, required: [title, body]}
        accept: [{assert: "length(body) > 400"}]
    limits: {budget_usd: 0.50, tokens: 200000, calls: 60, time: 10m}

    """

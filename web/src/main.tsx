import { render } from 'preact';
import { App } from './components/App';
import { start } from './store';
import './styles/tokens.css';
import './styles/frame.css';
import './styles/panels.css';
import './styles/status.css';
import './styles/charts.css';
import './styles/kraken.css';
import './styles/tables.css';

render(<App />, document.getElementById('page') as HTMLElement);
start();
